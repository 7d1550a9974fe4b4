import { describe, expect, it } from 'vitest'
import { grouped, isZero, minus, plus } from './amount'
import { percent, points } from './ratio'
import { between, clock } from './time'

describe('amounts', () => {
  it.each([
    ['0.00', '0.00'],
    ['150.00', '150.00'],
    ['1234567.50', '1,234,567.50'],
    ['-1000', '−1,000'],
    ['9999999999999.99', '9,999,999,999,999.99'],
  ])('%s reads %s', (amount, text) => expect(grouped(amount)).toBe(text))

  it('are added and subtracted to the last digit', () => {
    expect(plus('9007199254740993.01', '0.99')).toBe('9007199254740994.00')
    expect(minus('0.05', '1.00')).toBe('-0.95')
    expect(minus('100', '0.5')).toBe('99.5')
    expect(plus('10000.00', '1.00')).toBe('10001.00')
  })

  it('know zero', () => expect([isZero('0.00'), isZero('0'), isZero('0.01')]).toEqual([true, true, false]))
})

describe('ratios', () => {
  it.each([
    ['0.985', '98.50 %'],
    ['1', '100.00 %'],
    ['0.99999', '99.99 %'],
    ['0', '0.00 %'],
  ])('%s reads %s', (ratio, text) => expect(percent(ratio)).toBe(text))

  it('are compared in points', () => {
    expect([points('0.985', '0.981'), points('0.9', '0.91'), points('0.5', '0.5')]).toEqual(['+0.40', '−1.00', '±0.00'])
  })
})

describe('times', () => {
  const start = '2026-11-21T14:03:07.123Z'
  it('show the clock', () => expect(clock(start)).toBe('14:03:07.123'))
  it.each([
    ['2026-11-21T14:03:07.123Z', '0 ms'],
    ['2026-11-21T14:03:07.135Z', '12 ms'],
    ['2026-11-21T14:03:08.357Z', '1.234 s'],
    ['2026-11-21T14:05:12.200Z', '2 min 5 s'],
    ['2026-11-21T17:13:08.000Z', '3 h 10 min'],
    ['2026-11-25T16:03:08.000Z', '4 d 2 h'],
  ])('until %s is %s', (end, text) => expect(between(start, end)).toBe(text))
})
