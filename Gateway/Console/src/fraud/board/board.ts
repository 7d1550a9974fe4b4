import type { LogEvent, Payment, Place } from '../../api/types'
import { fold } from '../../live/rows'
import type { Outcome, Reason } from '../cases'

/** Events kept for the board; older ones are in the lists. */
export const mostEvents = 5_000

interface Risk {
  outcome: Outcome
  score: number
  reasons: Reason[]
}

type Judged = Payment & { risk?: Risk | null }

/** A payment's decision as the fraud stream tells it: with the first event of the payment, and with no other. */
export function riskOf(event: LogEvent): Risk | null {
  return event.type.startsWith('payment.') ? ((event.data as Judged | null)?.risk ?? null) : null
}

export interface Rate {
  approve: number
  review: number
  decline: number
  all: number
}

/** How the decisions since `since` were made. */
export function rateOf(events: readonly LogEvent[], since: string): Rate {
  const rate: Rate = { approve: 0, review: 0, decline: 0, all: 0 }
  for (const event of events) {
    const risk = event.time >= since ? riskOf(event) : null
    if (!risk) continue
    rate[risk.outcome]++
    rate.all++
  }
  return rate
}

export interface RuleCount {
  rule: string
  live: number
  shadow: number
}

/** The rules that spoke most often since `since`, live ones counted before shadow ones. */
export function topRules(events: readonly LogEvent[], since: string, most: number): RuleCount[] {
  const rules = new Map<string, RuleCount>()
  for (const event of events) {
    if (event.time < since) continue
    for (const reason of riskOf(event)?.reasons ?? []) {
      const count = rules.get(reason.rule) ?? { rule: reason.rule, live: 0, shadow: 0 }
      count[reason.mode]++
      rules.set(reason.rule, count)
    }
  }
  return [...rules.values()].sort((a, b) => b.live - a.live || b.shadow - a.shadow || (a.rule < b.rule ? -1 : 1)).slice(0, most)
}

export interface Spot {
  payment: string
  place: Place
  outcome: Outcome
  amount: string
  currency: string
}

/** Where judged payments were made, the newest ones, those that were not approved last so that they are drawn on top. */
export function spotsOf(events: readonly LogEvent[], since: string, most: number): Spot[] {
  const spots: Spot[] = []
  for (const event of events) {
    if (event.time < since || spots.length === most) break
    const risk = riskOf(event)
    const payment = event.data as Judged | null
    if (risk && payment?.location) spots.push({ payment: event.subject, place: payment.location, outcome: risk.outcome, amount: payment.amount, currency: payment.currency })
  }
  const weight = { approve: 0, review: 1, decline: 2 }
  return spots.sort((a, b) => weight[a.outcome] - weight[b.outcome])
}

/** The latest payments that were not approved, newest first. */
export function remarkable(events: readonly LogEvent[], most: number): LogEvent[] {
  const found: LogEvent[] = []
  for (const event of events) {
    if (found.length === most) break
    const risk = riskOf(event)
    if (risk && risk.outcome !== 'approve') found.push(event)
  }
  return found
}

/** Alerts of the last hour, and the analysts who worked on cases in it. */
export function alertsOf(events: readonly LogEvent[], since: string): { alerts: number; analysts: number; closed: number } {
  let [alerts, closed] = [0, 0]
  const analysts = new Set<string>()
  for (const event of events) {
    if (event.time < since || !event.type.startsWith('fraud.case_')) continue
    if (event.type === 'fraud.case_opened') alerts++
    if (event.type === 'fraud.case_closed') closed++
    const by = (event.data as { by?: string | null } | null)?.by
    if (by) analysts.add(by)
  }
  return { alerts, analysts: analysts.size, closed }
}

export function keep(events: readonly LogEvent[], arrived: readonly LogEvent[]): LogEvent[] {
  return fold(events, arrived, mostEvents)
}
