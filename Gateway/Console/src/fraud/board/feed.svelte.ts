import type { LogEvent } from '../../api/types'
import { forget, report } from '../../live/connection.svelte'
import { Stream } from '../../live/stream'
import { keep } from './board'

/** Payments with their decisions and analysts' work, newest first, from the fraud stream: what the board is made of. */
export class BoardFeed {
  events = $state.raw<LogEvent[]>([])
  #arrived: LogEvent[] = []
  #frame = 0
  #stream: Stream

  /** Beginning after the place `after`; `end` is the log's end as last heard, where to go on when that is no longer kept. */
  constructor(after: string, end: () => string) {
    this.#stream = new Stream({
      url: (cursor) => `/fraud/stream?after=${encodeURIComponent(cursor ?? after)}`,
      cursor: after,
      silenceMs: 40_000,
      onState: (state) => report('fraud', state),
      onExpired: end,
      onMessages: (messages) => {
        for (const message of messages) this.#arrived.push(JSON.parse(message.data) as LogEvent)
        if (document.hidden) this.#show()
        else this.#frame ||= requestAnimationFrame(() => this.#show())
      },
    })
  }

  #show() {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.events = keep(this.events, this.#arrived)
    this.#arrived = []
  }

  close() {
    cancelAnimationFrame(this.#frame)
    this.#stream.close()
    forget('fraud')
  }
}
