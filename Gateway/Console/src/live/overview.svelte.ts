import type { Overview } from '../api/types'
import { report } from './connection.svelte'
import { Seconds } from './seconds'
import { Stream } from './stream'

const seconds = new Seconds()

/** What the server last said about itself, and the columns of the chart. */
export const overview = $state<{
  latest: Overview | null
  /** Where the live payments begin in the event log. */
  eventsAfter: string | null
  /** Where the live board begins in it. */
  fraudAfter: string | null
  columns: [number[], number[], number[]]
}>({ latest: null, eventsAfter: null, fraudAfter: null, columns: [[], [], []] })

function take(next: Overview) {
  if (next.history) seconds.replace(next.history)
  if (next.seconds) seconds.put(next.seconds)
  if (next.eventsAfter !== undefined && overview.eventsAfter === null) overview.eventsAfter = next.eventsAfter
  if (next.fraudAfter !== undefined && overview.fraudAfter === null) overview.fraudAfter = next.fraudAfter
  overview.latest = next
  overview.columns = seconds.columns(next.time)
}

/** One stream a page, for as long as somebody is signed in. It speaks once a second, so five silent ones mean it is dead. */
export function watchOverview(onOpen: () => void): Stream {
  return new Stream({
    url: () => '/console/now/stream',
    silenceMs: 5_000,
    onState: (state) => {
      report('overview', state)
      if (state === 'open') onOpen()
    },
    onMessages: (messages) => {
      // The first message of a connection carries the history; the rest of a pile is told by its last one.
      for (const message of messages) take(JSON.parse(message.data) as Overview)
    },
  })
}
