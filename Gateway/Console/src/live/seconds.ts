import type { Second } from '../api/types'

export const chartSeconds = 600

/** A page without history starts this wide and grows: a first payment is not a hair at the edge of ten empty minutes. */
export const leastSeconds = 120

/**
 * The drawn seconds by time. What the server says of a second replaces what was drawn for it, so that a second told twice
 * counts once, and history told again after a reconnect closes the gap.
 */
export class Seconds {
  #bySecond = new Map<number, Second>()
  put(seconds: readonly Second[]): void {
    for (const second of seconds) this.#bySecond.set(Math.floor(Date.parse(second.time) / 1_000), second)
  }

  replace(seconds: readonly Second[]): void {
    this.#bySecond.clear()
    this.put(seconds)
  }

  /** Up to ten minutes before `now`, in uPlot's columns: time, settled, rejected. Seconds without payments are zero. */
  columns(now: string): [number[], number[], number[]] {
    const newest = Math.floor(Date.parse(now) / 1_000)
    let oldest = newest - leastSeconds + 1
    for (const second of this.#bySecond.keys()) {
      if (second <= newest - chartSeconds) this.#bySecond.delete(second)
      else oldest = Math.min(oldest, second)
    }
    const time: number[] = []
    const settled: number[] = []
    const rejected: number[] = []
    for (let second = oldest; second <= newest; second++) {
      const drawn = this.#bySecond.get(second)
      time.push(second)
      settled.push(drawn?.settled ?? 0)
      rejected.push(drawn?.rejected ?? 0)
    }
    return [time, settled, rejected]
  }
}
