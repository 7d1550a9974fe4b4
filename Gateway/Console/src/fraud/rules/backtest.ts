import { get, post } from '../../api/request'
import type { Label, Outcome } from '../cases'

/** Recorded decisions made again under changed rules, as `/fraud/backtests` tells it. */
export interface Backtest {
  id: string
  status: 'running' | 'done' | 'canceled' | 'failed'
  rowsDone: number
  rowsTotal: number
  error: string | null
  report: Report | null
}

export interface Report {
  payments: number
  decisions: number
  equal: number
  restated: number
  changed: number
  notReplayed: number
  outcomes: { from: Outcome; to: Outcome; payments: number; amounts: { currency: string; amount: string; payments: number }[] }[]
  before: Quality
  after: Quality
  samples: Sample[]
}

export interface Quality {
  payments: Rates
  money: { currency: string; rates: Rates }[]
}

/** How many, or how much money as a decimal string. */
export interface Rates {
  fraudStopped: string
  fraudMissed: string
  falsePositives: string
  precision: number | null
  recall: number | null
  falsePositiveRatio: number | null
}

export interface Sample {
  paymentId: string
  debtorAccount: string
  amount: string
  currency: string
  decidedAt: string
  label: Label | null
  before: { outcome: Outcome; score: number }
  after: { outcome: Outcome; score: number }
}

/** One row of the table of what was stopped and missed: the same measure before and after. */
export interface Compared {
  of: string
  before: Rates | null
  after: Rates | null
}

/** By number first, then by money, a currency each; a currency may be on one side alone. */
export function compared(report: Report): Compared[] {
  const currencies = [...new Set([...report.before.money, ...report.after.money].map((one) => one.currency))].sort()
  const of = (quality: Quality, currency: string) => quality.money.find((one) => one.currency === currency)?.rates ?? null
  return [
    { of: 'Payments', before: report.before.payments, after: report.after.payments },
    ...currencies.map((currency) => ({ of: currency, before: of(report.before, currency), after: of(report.after, currency) })),
  ]
}

/** Outcomes that changed, those that stop more first. */
export function moved(report: Report): Report['outcomes'] {
  const weight = { approve: 0, review: 1, decline: 2 }
  return report.outcomes.filter((one) => one.from !== one.to).sort((a, b) => weight[b.to] - weight[b.from] - (weight[a.to] - weight[a.from]))
}

const firstLookMs = 100
const lastLookMs = 1_000

/**
 * Starts a replay and waits for its end. It has no event in the log, so its state is asked for, ever less often, for as long as it
 * runs and somebody waits; then no more. Leaving it stops it.
 */
export async function replay(asked: { from: string | null; rules: unknown }, progress: (now: Backtest) => void, signal: AbortSignal): Promise<Backtest> {
  let now = await post<Backtest>('/fraud/backtests', { rules: asked.rules, ...(asked.from ? { from: asked.from } : {}) })
  const path = `/fraud/backtests/${encodeURIComponent(now.id)}`
  const stop = () => void fetch(path, { method: 'DELETE', credentials: 'same-origin', keepalive: true })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  for (let wait = firstLookMs; now.status === 'running' && !signal.aborted; wait = Math.min(lastLookMs, wait * 2)) {
    progress(now)
    await new Promise((resolve) => setTimeout(resolve, wait))
    if (!signal.aborted) now = await get<Backtest>(path)
  }
  signal.removeEventListener('abort', stop)
  return now
}
