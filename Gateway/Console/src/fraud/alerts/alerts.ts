import { newKey, post } from '../../api/request'
import type { Label } from '../cases'

/** What a detector found across accounts, as `/fraud/alerts` tells it. */
export interface Alert {
  id: string
  version: number
  state: 'open' | 'closed'
  detector: string
  severity: Severity
  text: string
  accounts: string[]
  payments: string[]
  amount: string
  currency: string
  /** Accounts that were frozen because of it. */
  frozen: string[]
  raisedAt: string
  outcome: Label | null
  note: string | null
  closedBy: string | null
  closedAt: string | null
}

export type Severity = 'low' | 'medium' | 'high'

export const severityWords: Record<Severity, string> = { low: 'Low', medium: 'Medium', high: 'High' }

/** What may be said of an alert, by the key that chooses it. */
export const outcomeKeys: Record<string, Label> = { '1': 'confirmed_fraud', '2': 'false_positive', '3': 'valuable_alert' }

/** The severe ones first, of as severe ones the newest. */
export function ordered(alerts: readonly Alert[]): Alert[] {
  const weight = { low: 0, medium: 1, high: 2 }
  return [...alerts].sort((a, b) => weight[b.severity] - weight[a.severity] || (a.raisedAt < b.raisedAt ? 1 : a.raisedAt > b.raisedAt ? -1 : 0))
}

/** The alert after this one in the queue; from its end on, the first. Null where no other is open. */
export function after(current: string, alerts: readonly Alert[]): Alert | null {
  const queue = ordered(alerts)
  const at = queue.findIndex((one) => one.id === current)
  const others = [...queue.slice(at + 1), ...queue.slice(0, Math.max(0, at))].filter((one) => one.state === 'open' && one.id !== current)
  return others[0] ?? null
}

export function close(alert: Alert, outcome: Label, note: string): Promise<Alert> {
  const text = note.trim()
  return post<Alert>(`/fraud/alerts/${encodeURIComponent(alert.id)}/close`, { version: alert.version, outcome, ...(text ? { note: text } : {}) }, newKey('close'))
}
