import { describe, expect, it } from 'vitest'
import { after, ordered, type Alert } from './alerts'

const alert = (id: string, severity: Alert['severity'], raisedAt: string, state: Alert['state'] = 'open') => ({ id, severity, raisedAt, state }) as Alert
const queue = [alert('old', 'medium', '10:00'), alert('low', 'low', '12:00'), alert('new', 'medium', '11:00'), alert('high', 'high', '09:00'), alert('done', 'high', '12:00', 'closed')]

describe('alerts', () => {
  it('are ordered by how severe they are, then the newest first', () => {
    expect(ordered(queue).map((one) => one.id)).toEqual(['done', 'high', 'new', 'old', 'low'])
  })

  it.each([
    ['high', 'new'],
    ['low', 'high'],
    ['done', 'high'],
    ['gone', 'high'],
  ])('are walked through: after %s comes %s', (current, next) => expect(after(current, queue)?.id).toBe(next))

  it('end where no other is open', () => {
    expect(after('one', [alert('one', 'low', '1'), alert('done', 'high', '2', 'closed')])).toBeNull()
    expect(after('one', [])).toBeNull()
  })
})
