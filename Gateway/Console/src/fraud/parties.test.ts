import { describe, expect, it } from 'vitest'
import type { Payment } from '../api/types'
import { barLength, partiesOf, tracesOf } from './parties'

const pay = (debtorAccount: string, creditorAccount: string, amount: string, rest: Partial<Payment> = {}) =>
  ({ debtorAccount, creditorAccount, amount, currency: 'USD', status: 'settled', createdAt: '2026-11-21T14:00:00Z', ...rest }) as Payment

describe('linked parties', () => {
  it('are counted each way, and a rejected payment moves no money', () => {
    const parties = partiesOf('me', [
      pay('me', 'a', '1.10'),
      pay('me', 'a', '2.00', { status: 'rejected' }),
      pay('me', 'a', '0.20', { status: 'held', createdAt: '2026-11-21T15:00:00Z' }),
      pay('b', 'me', '5.00', { createdAt: '2026-11-21T14:30:00Z' }),
    ])
    expect(parties.map((one) => [one.account, one.paid, one.received])).toEqual([
      ['a', { count: 3, amount: '1.30' }, { count: 0, amount: '0' }],
      ['b', { count: 0, amount: '0' }, { count: 1, amount: '5.00' }],
    ])
  })

  it('are traced by what the payer used, not by what others did', () => {
    const traces = tracesOf('me', [
      pay('me', 'a', '1', { deviceId: 'd', location: { latitude: 1, longitude: 2, name: 'Rome' } }),
      pay('me', 'a', '1', { deviceId: 'd', location: { latitude: 3, longitude: 4 } }),
      pay('b', 'me', '1', { deviceId: 'other' }),
    ])
    expect(traces.map((one) => `${one.kind} ${one.name} ${one.count}`)).toEqual(['device d 2', 'place Rome 1', 'place 3, 4 1'])
  })

  it('are drawn within their scale', () => {
    expect([barLength('10.00', '10.00'), barLength('0', '10.00'), barLength('1', '0')]).toEqual([1, 0, 0])
    expect(barLength('10', '10000')).toBeGreaterThan(0.2)
  })
})
