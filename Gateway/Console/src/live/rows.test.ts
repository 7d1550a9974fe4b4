import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../api/types'
import { paymentsSoFar } from './counter'
import { comparePositions, endsOf, fold, isAfter } from './rows'

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

describe('how far each shard was read', () => {
  it('is its own highest position', () => {
    const there = (position: number) => event(position, 'payment.settled', '/shards/1')
    const ends = endsOf([event(9), there(1), event(10)])
    expect(ends).toEqual({ '/shards/0': '10', '/shards/1': '1' })
    expect([event(10), event(11), there(1), there(2), event(1, 'payment.settled', '/shards/2')].map((one) => isAfter(one, ends))).toEqual([false, true, false, true, true])
  })
})

describe('the counter', () => {
  it('adds only the payments after the position that the total is of', () => {
    const rows = [event(13, 'payment.rejected'), event(12), event(11, 'account.funded'), event(10), event(9)]
    const asOf = { positions: { '/shards/0': '10' }, paymentsTotal: 100, settledTotal: 90, rejectedTotal: 10 }
    expect(paymentsSoFar(asOf, rows)).toEqual({ total: 102, settled: 91, rejected: 11 })
  })

  it('counts each shard from its own position', () => {
    const there = (position: number) => event(position, 'payment.settled', '/shards/1')
    const asOf = { positions: { '/shards/0': '10', '/shards/1': '2' }, paymentsTotal: 100, settledTotal: 90, rejectedTotal: 10 }
    expect(paymentsSoFar(asOf, [event(11), event(10), there(4), there(3), there(2)])).toEqual({ total: 103, settled: 93, rejected: 10 })
  })
})
