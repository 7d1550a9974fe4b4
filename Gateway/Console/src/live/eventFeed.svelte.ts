import type { LogEvent } from '../api/types'
import { Arrivals } from './arrivals'
import { forget, report } from './connection.svelte'
import { endsOf, fold, type Ends } from './rows'
import { Stream } from './stream'

/** So far behind the log, the page skips to its end and says so, instead of drawing what nobody can read. */
const mostBehind = 5_000

/** Rows kept for the views; older ones are a query away. */
const mostRows = 1_000

/** The live tail of the event log, newest first: one stream a page, whatever views look at it. */
export const feed = $state<{ skipped: number }>({ skipped: 0 })

let rows = $state.raw<LogEvent[]>([])
let ends: Ends = {}

export function liveRows(): LogEvent[] {
  return rows
}

export class EventFeed {
  #arrivals = new Arrivals((arrived) => {
    ends = { ...ends, ...endsOf(arrived) }
    rows = fold(rows, arrived, mostRows)
  })
  #stream: Stream

  /** `end` is the cursor of the log's end as last heard: where to go on when the own cursor is older than what is kept. */
  constructor(after: string, end: () => string) {
    this.#stream = new Stream({
      url: (cursor) => `/events/stream?after=${encodeURIComponent(cursor ?? after)}`,
      cursor: after,
      silenceMs: 40_000,
      onState: (state) => report('events', state),
      onExpired: end,
      onMessages: (messages) => this.#arrivals.take(messages),
    })
  }

  /** Called with the end of each shard's log as the overview tells it, and with the cursor of that place. */
  keepUp(positions: Ends, cursor: string) {
    let behind = 0n
    for (const [source, position] of Object.entries(ends)) behind += BigInt(positions[source] ?? position) - BigInt(position)
    if (behind < mostBehind) return
    feed.skipped += Number(behind)
    ends = { ...positions }
    this.#stream.jump(cursor)
  }

  retryNow() {
    this.#stream.retryNow()
  }

  close() {
    this.#arrivals.close()
    this.#stream.close()
    forget('events')
  }
}
