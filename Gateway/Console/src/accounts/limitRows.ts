import type { Limits, Window } from '../api/types'
import { count, grouped, share } from '../format/amount'

export interface LimitRow {
  name: string
  used: string
  limit: string
  share: number
  resetsAt: string | null
}

/** A bar for each limit that is set: a window may limit the count, the amount, or both. */
export function limitRows(limits: Limits): LimitRow[] {
  const windows: [string, Window | null | undefined][] = [
    ['a minute', limits.perMinute],
    ['an hour', limits.perHour],
    ['a day', limits.perDay],
  ]
  return windows.flatMap(([period, window]) => {
    const rows: LimitRow[] = []
    const resetsAt = window?.resetsAt ?? null
    if (window?.count != null) {
      const used = window.used?.count ?? 0
      rows.push({ name: `Payments ${period}`, used: count(used), limit: count(window.count), share: share(used, window.count), resetsAt })
    }
    if (window?.amount != null) {
      const used = window.used?.amount ?? '0'
      rows.push({ name: `Amount ${period}`, used: grouped(used), limit: grouped(window.amount), share: share(used, window.amount), resetsAt })
    }
    return rows
  })
}
