import type { LogEvent } from '../../api/types'
import { Arrivals } from '../../live/arrivals'
import { forget, report } from '../../live/connection.svelte'
import { Stream } from '../../live/stream'
import { keep } from './board'

/** Payments with their decisions and analysts' work, newest first, from the fraud stream: what the board is made of. */
export class BoardFeed {
  events = $state.raw<LogEvent[]>([])
  #arrivals = new Arrivals((arrived) => (this.events = keep(this.events, arrived)))
  #stream: Stream

  /** Beginning after the place `after`; `end` is the log's end as last heard, where to go on when that is no longer kept. */
  constructor(after: string, end: () => string) {
    this.#stream = new Stream({
      url: (cursor) => `/fraud/stream?after=${encodeURIComponent(cursor ?? after)}`,
      cursor: after,
      silenceMs: 40_000,
      onState: (state) => report('fraud', state),
      onExpired: end,
      onMessages: (messages) => this.#arrivals.take(messages),
    })
  }

  close() {
    this.#arrivals.close()
    this.#stream.close()
    forget('fraud')
  }
}
