import { describe, expect, it } from 'vitest'
import { binSpots, curveLine, frame, oddsPlace, place, share, trainedAt } from './model'

describe('a model drawn', () => {
  it('has shares that never read as none or all where they are not', () => {
    expect([0, 0.0004, 0.0123, 0.9999, 1].map(share)).toEqual(['0.0 %', 'under 0.1 %', '1.2 %', 'over 99.9 %', '100.0 %'])
  })

  it('says when a version was trained', () => {
    expect(trainedAt('20261121T093000123Z-1f0c77aa')).toBe('2026-11-21 09:30')
    expect(trainedAt('odd')).toBe('odd')
  })

  it('puts recall to the right and precision up', () => {
    expect(place(0, 0)).toEqual({ x: frame.left, y: frame.top + frame.height })
    expect(place(1, 1)).toEqual({ x: frame.left + frame.width, y: frame.top })
  })

  it('goes from threshold to threshold in steps', () => {
    const line = curveLine([
      { share: 0.01, precision: 1, recall: 0.5 },
      { share: 0.1, precision: 0.5, recall: 1 },
    ])
    expect(line).toBe(`M46 12V12H258V130H470`)
    expect(curveLine([])).toBe('')
  })

  it('spreads odds evenly, and keeps what is beyond at the end', () => {
    expect(oddsPlace(0.5)).toBe(0.5)
    expect(oddsPlace(0.9) - oddsPlace(0.5)).toBeCloseTo(oddsPlace(0.5) - oddsPlace(0.1))
    expect([oddsPlace(0), oddsPlace(1)]).toEqual([0, 1])
  })

  it('draws a range by what was said and what came', () => {
    const [none, half] = binSpots([
      { fromPpm: 0, toPpm: 1_000, payments: 400, frauds: 0, said: 0.0005, came: 0 },
      { fromPpm: 300_000, toPpm: 500_000, payments: 4, frauds: 2, said: 0.5, came: 0.5 },
    ])
    expect(none).toMatchObject({ isBeyond: true, radius: 11, y: frame.top + frame.height })
    expect(half).toMatchObject({ isBeyond: false, radius: 3.8, x: frame.left + frame.width / 2, y: frame.top + frame.height / 2 })
    expect(half!.text).toBe('said 50.0 %, came 50.0 %: 2 of 4 payments')
  })
})
