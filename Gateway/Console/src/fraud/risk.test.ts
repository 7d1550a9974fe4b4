import { describe, expect, it } from 'vitest'
import type { Decision, Reason } from './cases'
import { chance, draw, lookedAt } from './risk'

const reason = (rule: string, points: number, mode: 'live' | 'shadow' = 'live', values = {}): Reason => ({ rule, points, mode, values, version: 1, outcome: 'review', text: rule, threshold: 0 })
const decision = (score: number, reasons: Reason[], model: Decision['model'] = null): Decision => ({ paymentId: 'pay_1', outcome: 'review', score, reasons, ruleSetVersion: 1, model, features: {}, fellBack: [], decidedAt: '' })

describe('the drawing of a score', () => {
  it('puts each reason where the one before ended, and shadow ones apart from zero', () => {
    const { live, shadow, sum } = draw(decision(70, [reason('a', 40), reason('b', 30), reason('c', 50, 'shadow')]))
    expect(live.map((part) => [part.name, part.from, part.to])).toEqual([['A', 0, 40], ['B', 40, 70]])
    expect(shadow.map((part) => [part.name, part.from, part.to])).toEqual([['C', 0, 50]])
    expect(sum).toBe(70)
  })

  it('stays on the scale, above and below', () => {
    const { live, sum } = draw(decision(100, [reason('a', 80), reason('b', 60), reason('allowed', -200)]))
    expect(live.map((part) => [part.from, part.to])).toEqual([[0, 80], [80, 100], [100, 0]])
    expect(sum).toBe(-60)
  })

  it.each(['live', 'shadow'] as const)('counts a %s model where it belongs', (mode) => {
    const drawn = draw(decision(20, [], { version: 'm1', probability: 0.2, points: 20, mode, contributions: [] }))
    expect(drawn[mode].map((part) => [part.name, part.rule, part.points])).toEqual([['Model', null, 20]])
    expect(drawn.sum).toBe(mode === 'live' ? 20 : 0)
  })

  it('knows which rules looked at a feature', () => {
    expect([...lookedAt(decision(0, [reason('a', 1, 'live', { amount: 1 }), reason('b', 1, 'shadow', { amount: 1, travel_ms: null })]))]).toEqual([['amount', ['a', 'b']], ['travel_ms', ['b']]])
  })

  it('never reads a chance as none', () => expect([chance(0.0317), chance(0), chance(0.00001), chance(1)]).toEqual(['3.17 %', '0.00 %', 'under 0.01 %', '100.00 %']))
})
