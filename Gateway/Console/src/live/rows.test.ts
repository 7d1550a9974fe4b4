import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../api/types'
import { paymentsSoFar } from './counter'
import { comparePositions, fold } from './rows'

const event = (position: number, type = 'payment.settled', source = '/shards/0'): LogEvent => ({
  id: `evt_${position}`,
  source,
  type,
  subject: `pay_${position}`,
  time: new Date(position * 1_000).toISOString(),
  position: String(position),
  version: 1,
  data: null,
})
const positions = (rows: LogEvent[]) => rows.map((row) => Number(row.position))

describe('folding arrivals into rows', () => {
  it('puts the newest first, and keeps so many', () => {
    expect(positions(fold([event(9), event(8)], [event(10), event(11)], 3))).toEqual([11, 10, 9])
  })

  it('shows an event that arrives again once', () => {
    const rows = fold([], [event(1), event(2), event(3)], 10)
    expect(positions(fold(rows, [event(2), event(3), event(4), event(4)], 10))).toEqual([4, 3, 2, 1])
  })

  it('changes nothing when nothing is new', () => {
    const rows = fold([], [event(1)], 10)
    expect(fold(rows, [event(1)], 10)).toBe(rows)
  })

  it('takes the same position of another shard as another event', () => {
    expect(fold([event(5)], [event(5, 'payment.settled', '/shards/1')], 10)).toHaveLength(2)
  })
})

describe('positions', () => {
  it.each([
    ['9', '10', -1],
    ['10', '9', 1],
    ['10', '10', 0],
    ['9007199254740993', '9007199254740992', 1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(comparePositions(a, b))).toBe(sign)
  })
})

describe('the counter', () => {
  it('adds only the payments after the position that the total is of', () => {
    const rows = [event(13, 'payment.rejected'), event(12), event(11, 'account.funded'), event(10), event(9)]
    const asOf = { position: '10', paymentsTotal: 100, settledTotal: 90, rejectedTotal: 10 }
    expect(paymentsSoFar(asOf, rows)).toEqual({ total: 102, settled: 91, rejected: 11 })
  })
})
