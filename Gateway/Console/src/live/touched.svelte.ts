import type { LogEvent, Payment } from '../api/types'
import { liveRows } from './eventFeed.svelte'
import { endsOf, isAfter, type Ends } from './rows'

/** Under a flood a page is read again at most this often. */
const atMostEveryMs = 1_000

function concerns(event: LogEvent, id: string): boolean {
  if (event.subject === id) return true
  const payment = event.data as Partial<Payment> | null
  return payment?.debtorAccount === id || payment?.creditorAccount === id
}

/** Calls `again` when the log says that something happened to the payment or account: the log is the only trigger. */
export function whenTouched(id: string, again: () => void): void {
  whenLogged((event) => concerns(event, id), again)
}

/** Calls `again` when an event arrives that it is about. */
export function whenLogged(isAbout: (event: LogEvent) => boolean, again: () => void): void {
  let seen: Ends | null = null
  let last = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  $effect(() => {
    const rows = liveRows()
    const before = seen
    if (rows.length > 0) seen = endsOf(rows)
    if (before === null) return
    const fresh = rows.some((row) => isAfter(row, before) && isAbout(row))
    if (!fresh || timer) return
    timer = setTimeout(() => {
      timer = undefined
      last = performance.now()
      again()
    }, Math.max(0, last + atMostEveryMs - performance.now()))
  })
  $effect(() => () => clearTimeout(timer))
}
