import type { LogEvent } from '../api/types'
import { endsOf, isAfter } from './rows'

/** A view of the live rows that can be held still: what arrives meanwhile is counted, and nothing moves. */
export class Pausable {
  #live: () => LogEvent[]
  #held = $state.raw<LogEvent[] | null>(null)

  constructor(live: () => LogEvent[]) {
    this.#live = live
  }

  get paused(): boolean {
    return this.#held !== null
  }

  get rows(): LogEvent[] {
    return this.#held ?? this.#live()
  }

  /** How many rows arrived since the pause; they are shown on resuming. */
  get waiting(): number {
    if (!this.#held) return 0
    const ends = endsOf(this.#held)
    return this.#live().filter((row) => isAfter(row, ends)).length
  }

  toggle(): void {
    this.#held = this.#held ? null : this.#live()
  }
}
