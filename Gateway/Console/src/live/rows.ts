import type { LogEvent } from '../api/types'

/** Positions are decimal digits of any length; the longer one is the larger. */
export function comparePositions(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/** How far each shard's log was read, by the source of its events. */
export type Ends = Record<string, string>

export function endsOf(rows: readonly LogEvent[]): Ends {
  const ends: Ends = {}
  for (const row of rows) if (isAfter(row, ends)) ends[row.source] = row.position
  return ends
}

/** Whether the event came later than that in its own shard's log: positions of two shards say nothing about each other. */
export function isAfter(event: LogEvent, ends: Ends): boolean {
  return comparePositions(event.position, ends[event.source] ?? '0') > 0
}

/** One place in one shard's log, whatever connection it came by. */
export function placeOf(event: LogEvent): string {
  return `${event.source}#${event.position}`
}

/**
 * Puts newly arrived events before the rows, newest first, at most `limit`. An event that is already there (a stream that
 * went on from an older cursor says some things twice) changes nothing.
 */
export function fold(rows: readonly LogEvent[], arrived: readonly LogEvent[], limit: number): LogEvent[] {
  const known = new Set(rows.map(placeOf))
  const fresh: LogEvent[] = []
  for (const event of arrived) {
    const place = placeOf(event)
    if (known.has(place)) continue
    known.add(place)
    fresh.push(event)
  }
  if (fresh.length === 0) return rows as LogEvent[]
  const all = [...fresh, ...rows]
  // Only one shard has a total order by position; between shards the time decides.
  all.sort((a, b) =>
    a.source === b.source ? comparePositions(b.position, a.position) : a.time < b.time ? 1 : a.time > b.time ? -1 : 0,
  )
  return all.slice(0, limit)
}

export function isPayment(event: LogEvent): boolean {
  return event.type === 'payment.settled' || event.type === 'payment.rejected'
}
