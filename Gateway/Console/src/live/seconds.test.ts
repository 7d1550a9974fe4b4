import { describe, expect, it } from 'vitest'
import { chartSeconds, leastSeconds, Seconds } from './seconds'

const at = (second: number) => new Date(1_800_000_000_000 + second * 1_000).toISOString()
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

describe('the seconds of the chart', () => {
  it('counts a second that is told twice once', () => {
    const seconds = new Seconds()
    seconds.put([{ time: at(0), settled: 3, rejected: 1 }])
    seconds.put([{ time: at(0), settled: 5, rejected: 1 }, { time: at(1), settled: 2, rejected: 0 }])
    const [, settled, rejected] = seconds.columns(at(1))
    expect([sum(settled), sum(rejected)]).toEqual([7, 1])
  })

  it('fills the seconds without payments, and forgets those that left the window', () => {
    const seconds = new Seconds()
    seconds.put([{ time: at(0), settled: 4, rejected: 0 }])
    expect(seconds.columns(at(chartSeconds - 1))[0]).toHaveLength(chartSeconds)
    expect(sum(seconds.columns(at(chartSeconds - 1))[1])).toBe(4)
    expect(sum(seconds.columns(at(chartSeconds))[1])).toBe(0)
  })

  it('starts two minutes wide', () => {
    expect(new Seconds().columns(at(0))[0]).toHaveLength(leastSeconds)
  })

  it('starts over from a new history', () => {
    const seconds = new Seconds()
    seconds.put([{ time: at(0), settled: 4, rejected: 0 }])
    seconds.replace([{ time: at(1), settled: 1, rejected: 0 }])
    expect(sum(seconds.columns(at(2))[1])).toBe(1)
  })
})
