import type { LogEvent, Payment, Place } from '../../api/types'
import { fold } from '../../live/rows'
import type { Alert } from '../alerts/alerts'
import type { FraudCase, Outcome, Reason } from '../cases'

/** Events kept for the board; older ones are in the lists. */
export const mostEvents = 5_000

interface Risk {
  outcome: Outcome
  score: number
  reasons: Reason[]
}

type Judged = Payment & { risk?: Risk | null }

/** A card payment that was judged; the event's subject is its charge. */
export interface JudgedCard {
  /** Its intent. */
  paymentId: string
  /** The account of the merchant. */
  merchant: string
  amount: string
  currency: string
  card: { brand: string; last4: string }
}

/** The card payment of an event; null where the event is of another kind. */
export function cardOf(event: LogEvent): JudgedCard | null {
  return event.type === 'card.judged' ? (event.data as JudgedCard) : null
}

/** A decision as the fraud stream tells it: with the first event of a payment, and with each card payment; with no other. */
export function riskOf(event: LogEvent): Risk | null {
  return event.type.startsWith('payment.') || event.type === 'card.judged' ? ((event.data as Judged | null)?.risk ?? null) : null
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

/** What the queues held as the board was opened: what is older than its stream. */
export interface Queues {
  cases: readonly FraudCase[]
  alerts: readonly Alert[]
}

/** What came up and what was done since `since`: each case and alert once, whether the queues or the stream told it. */
export interface Work {
  cases: number
  alerts: number
  closed: number
  /** Who opened, took, noted on, set aside or closed any of them. */
  analysts: number
}

export function workOf(queues: Queues, events: readonly LogEvent[], since: string): Work {
  const [cases, alerts, closed, analysts] = [new Set<string>(), new Set<string>(), new Set<string>(), new Set<string>()]
  const isLate = (time: string | null) => time !== null && time >= since
  const acted = (by: string | null | undefined) => by && analysts.add(by)
  for (const one of queues.cases) {
    if (isLate(one.openedAt)) cases.add(one.id)
    for (const note of one.notes) if (isLate(note.at)) acted(note.by)
    if (!isLate(one.closedAt)) continue
    closed.add(one.id)
    acted(one.changedBy)
  }
  for (const one of queues.alerts) {
    if (isLate(one.raisedAt)) alerts.add(one.id)
    if (!isLate(one.closedAt)) continue
    closed.add(one.id)
    acted(one.closedBy)
  }
  for (const event of events) {
    if (event.time < since || !/^fraud\.(case|alert)_/.test(event.type)) continue
    if (event.type === 'fraud.case_opened') cases.add(event.subject)
    else if (event.type === 'fraud.alert_raised') alerts.add(event.subject)
    else if (event.type.endsWith('_closed')) closed.add(event.subject)
    acted((event.data as { by?: string | null } | null)?.by)
  }
  return { cases: cases.size, alerts: alerts.size, closed: closed.size, analysts: analysts.size }
}

/** Approved payments of one place, as one point of the map. */
export interface Cluster {
  key: string
  place: Place
  payments: number
}

/** By tenths of a degree: nearer places cannot be told apart on the map. */
export function clustersOf(spots: readonly Spot[]): Cluster[] {
  const clusters = new Map<string, Cluster>()
  for (const spot of spots) {
    if (spot.outcome !== 'approve') continue
    const key = `${Number(spot.place.latitude).toFixed(1)} ${Number(spot.place.longitude).toFixed(1)}`
    const cluster = clusters.get(key) ?? { key, place: spot.place, payments: 0 }
    cluster.payments++
    clusters.set(key, cluster)
  }
  return [...clusters.values()].sort((a, b) => b.payments - a.payments)
}

export function keep(events: readonly LogEvent[], arrived: readonly LogEvent[]): LogEvent[] {
  return fold(events, arrived, mostEvents)
}
