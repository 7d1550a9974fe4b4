import { describe, expect, it } from 'vitest'
import { changes, ordered, settingText, stepsFrom, type Rule, type RuleMode, type RuleVersion } from './rules'

const version = (mode: RuleMode, parameters: Record<string, number>) => ({ mode, parameters }) as RuleVersion
const rule = (name: string, published: number | null, shadow: number | null): Rule => ({
  name,
  description: '',
  revision: 0,
  versions: 1,
  parameters: [
    { name: 'points', unit: 'points', default: 10, min: 1, max: 100, description: '' },
    { name: 'limit', unit: 'km', default: 5, min: 0, max: 9, description: '' },
  ],
  published: published === null ? null : version('published', { points: published, limit: 5 }),
  shadow: shadow === null ? null : version('shadow', { points: shadow, limit: 5 }),
})

describe('rules', () => {
  it('are ordered by what counts, then by points', () => {
    expect(ordered([rule('none', null, null), rule('tried', null, 90), rule('small', 10, null), rule('large', 60, 5)]).map((one) => one.name)).toEqual(['large', 'small', 'tried', 'none'])
  })

  it('are drafted with what differs, within their bounds', () => {
    const one = rule('a', 60, null)
    expect(changes(one, { points: '60', limit: '7' })).toEqual({ limit: 7 })
    expect(changes(one, { points: ' 60 ', limit: '5' })).toEqual({})
    for (const bad of ['101', '0', '1.5', '', 'x']) expect(changes(one, { points: bad, limit: '5' })).toBeNull()
  })

  it.each([
    ['points', 'points', -100, 'points −100'],
    ['min_cards', 'cards', 5, 'min cards 5'],
    ['review_at', 'score', 50, 'review at 50'],
    ['min_incoming', 'minor units', 100_000, 'min incoming 100,000 minor units'],
    ['max_speed_kmh', 'km/h', 1000, 'max speed 1,000 km/h'],
    ['within_ms', 'ms', 3_600_000, 'within 1 h 0 min'],
    ['min_z_milli', 'thousandths', 6500, 'min z 6.5'],
  ])('have a parameter %s in %s of %i that reads %s', (name, unit, value, text) => expect(settingText({ name, unit, default: 0, min: 0, max: 0, description: '' }, value)).toBe(text))

  it('go one step at a time', () => {
    expect((['draft', 'validated', 'shadow', 'published', 'retired'] as const).map((mode) => stepsFrom(mode)[0])).toEqual(['validate', 'shadow', 'publish', 'retire', undefined])
  })
})
