import type { LogEvent } from '../api/types'
import type { Message } from './sseParser'

/** Gathers what a stream brings and hands it on once a frame. A hidden page draws no frames, and must not pile up what arrives. */
export class Arrivals {
  #show: (arrived: LogEvent[]) => void
  #waiting: LogEvent[] = []
  #frame = 0

  constructor(show: (arrived: LogEvent[]) => void) {
    this.#show = show
  }

  take(messages: readonly Message[]): void {
    for (const message of messages) this.#waiting.push(JSON.parse(message.data) as LogEvent)
    if (document.hidden) this.#hand()
    else this.#frame ||= requestAnimationFrame(() => this.#hand())
  }

  close(): void {
    cancelAnimationFrame(this.#frame)
  }

  #hand(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    const arrived = this.#waiting
    this.#waiting = []
    this.#show(arrived)
  }
}
