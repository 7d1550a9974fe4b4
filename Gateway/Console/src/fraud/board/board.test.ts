import land from 'world-atlas/land-110m.json'
import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../../api/types'
import type { Alert } from '../alerts/alerts'
import type { FraudCase } from '../cases'
import { cardOf, clustersOf, rateOf, remarkable, spotsOf, topRules, workOf, type Spot } from './board'
import { outline, project, type Topology } from './outline'

let position = 0
const event = (type: string, time: string, data: unknown): LogEvent => ({ id: `evt_${++position}`, source: '/shards/0', type, subject: `s${position}`, time, position: String(position), version: 1, data })
const judged = (outcome: string, time: string, reasons: [string, string][] = [], place = false) =>
  event('payment.settled', time, { amount: '1.00', currency: 'USD', location: place ? { latitude: 1, longitude: 2 } : null, risk: { outcome, score: 1, reasons: reasons.map(([rule, mode]) => ({ rule, mode })) } })

describe('the board', () => {
  it('rates decisions, not events: what has no decision, or is older, is not counted', () => {
    const events = [judged('approve', '12:00'), judged('review', '12:00'), event('payment.released', '12:00', { amount: '1.00' }), event('fraud.case_opened', '12:00', null), judged('approve', '10:59'), judged('decline', '11:30')]
    expect(rateOf(events, '11:00')).toEqual({ approve: 1, review: 1, decline: 1, all: 3 })
    expect(remarkable(events, 10).map((one) => one.id)).toEqual([events[1]!.id, events[5]!.id])
    expect(remarkable(events, 1)).toHaveLength(1)
  })

  it('counts card payments by what the risk decision was, and tells them apart', () => {
    const card = event('card.judged', '12:00', { paymentId: 'pi_1', merchant: 'm', amount: '5.00', currency: 'USD', card: { brand: 'visa', last4: '0002' }, risk: { outcome: 'decline', score: 100, reasons: [] } })
    const other = judged('approve', '12:00')
    expect(rateOf([card, other], '11:00')).toEqual({ approve: 1, review: 0, decline: 1, all: 2 })
    expect([cardOf(card)?.paymentId, cardOf(other)]).toEqual(['pi_1', null])
  })

  it('has the rules that counted before those in shadow', () => {
    const events = [judged('review', '12:00', [['a', 'live'], ['b', 'shadow']]), judged('approve', '12:00', [['b', 'shadow']]), judged('approve', '10:00', [['a', 'live']])]
    expect(topRules(events, '11:00', 5)).toEqual([{ rule: 'a', live: 1, shadow: 0 }, { rule: 'b', live: 0, shadow: 2 }])
    expect(topRules(events, '11:00', 1)).toHaveLength(1)
  })

  it('draws what was not approved on top', () => {
    const spots = spotsOf([judged('review', '12:00', [], true), judged('approve', '12:00', [], true), judged('decline', '12:00')], '11:00', 10)
    expect(spots.map((spot) => spot.outcome)).toEqual(['approve', 'review'])
  })

  it('counts what came up and who worked on it once, whether the queues or the stream told it', () => {
    const queues = {
      cases: [
        { id: 'c1', openedAt: '12:00', closedAt: '12:10', changedBy: 'ann', notes: [] },
        { id: 'c2', openedAt: '10:00', closedAt: null, changedBy: 'bob', notes: [{ by: 'eve', at: '12:00', text: '' }] },
      ] as unknown as FraudCase[],
      alerts: [{ id: 'a1', raisedAt: '11:30', closedAt: '10:30', closedBy: 'old' }] as unknown as Alert[],
    }
    const said = (type: string, subject: string, data: unknown, time = '12:00') => ({ ...event(type, time, data), subject })
    const events = [
      said('fraud.case_opened', 'c1', { by: null }),
      said('fraud.case_opened', 'c3', { by: null }),
      said('fraud.case_closed', 'c1', { by: 'ann' }),
      said('fraud.alert_raised', 'a1', {}),
      said('fraud.alert_raised', 'a2', {}),
      said('fraud.alert_closed', 'a2', { by: 'ann' }),
      said('fraud.case_changed', 'c4', { by: 'gone' }, '10:00'),
    ]
    expect(workOf(queues, events, '11:00')).toEqual({ cases: 2, alerts: 2, closed: 2, analysts: 2 })
    expect(workOf({ cases: [], alerts: [] }, [], '11:00')).toEqual({ cases: 0, alerts: 0, closed: 0, analysts: 0 })
  })

  it('draws approved payments of one place as one point', () => {
    const at = (latitude: number, longitude: number, outcome = 'approve') => ({ payment: `${++position}`, place: { latitude, longitude }, outcome, amount: '1', currency: 'USD' }) as unknown as Spot
    expect(clustersOf([at(1.01, 2), at(3, 4), at(1.02, 2), at(1, 2, 'review')]).map((one) => one.payments)).toEqual([2, 1])
  })
})

describe('the outline of the land', () => {
  it('walks arcs, also backwards, one after the other', () => {
    const topology: Topology = {
      arcs: [[[0, 0], [10, 0]], [[0, 0], [5, 5], [5, -5]]],
      transform: { scale: [1, 1], translate: [-180, 74] },
      objects: { land: { geometries: [{ arcs: [[[0, ~1]]] as unknown as number[][][] }] } },
    }
    expect(outline(topology)).toBe('M0.0,10.0L10.0,10.0L5.0,5.0L0.0,10.0Z')
  })

  it('goes on beyond the date line, on both sides of the map', () => {
    const topology: Topology = {
      arcs: [[[350, 0], [5, 0], [-350, 10], [345, 0], [0, -10]]],
      transform: { scale: [1, 1], translate: [-180, 0] },
      objects: { land: { geometries: [{ arcs: [[[0]]] as unknown as number[][][] }] } },
    }
    expect(outline(topology)).toBe('M350.0,84.0L355.0,84.0L365.0,74.0L350.0,74.0L350.0,84.0ZM-10.0,84.0L-5.0,84.0L5.0,74.0L-10.0,74.0L-10.0,84.0Z')
  })

  it('is the bundled one, and no line crosses the map', () => {
    const path = outline(land as unknown as Topology)
    expect(path.match(/M/g)!.length).toBeGreaterThan(100)
    for (const ring of path.split('M').slice(1)) {
      const points = [...ring.matchAll(/([\d.-]+),([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const)
      for (const [at, [x, y]] of points.entries()) {
        const [before, beforeY] = points[Math.max(0, at - 1)]!
        if (y < 149 || beforeY < 149) expect(Math.abs(x - before)).toBeLessThan(60)
      }
    }
  })

  it('puts London north of Lagos and west of Tokyo', () => {
    const [london, lagos, tokyo] = [project(-0.13, 51.5), project(3.38, 6.5), project(139.7, 35.7)]
    expect(london[1]).toBeLessThan(lagos[1])
    expect(london[0]).toBeLessThan(tokyo[0])
  })
})
