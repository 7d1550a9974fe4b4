import { post, Problem } from '../../api/request'
import { SseParser, type Message } from '../../live/sseParser'
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

/** What is tried, and on which of the recorded payments. */
export interface Asked {
  rules: unknown
  /** By the time of the payment; null for the beginning. */
  from: string | null
  /** Only so many of the newest rows of the log; null for all. */
  newest: number | null
}

export interface Report {
  newest: number | null
  payments: number
  decisions: number
  equal: number
  restated: number
  changed: number
  notReplayed: number
  outcomes: ({ from: Outcome; to: Outcome } & Sum)[]
  before: Quality
  after: Quality
  overlaps: Overlap[]
  samples: Sample[]
}

export interface Sum {
  payments: number
  amounts: { currency: string; amount: string; payments: number }[]
}

/** What a rule stops, alone and with others; one in shadow as if it counted. */
export interface Overlap {
  rule: string
  counts: boolean
  spoke: Sum
  stopped: Sum
  alone: Sum
  needed: Sum
  shared: { with: string; counts: boolean; both: Sum }[]
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

/** Whether any payment of the replay has a label: without one there is nothing to compare by. */
export function isLabelled(report: Report): boolean {
  return [report.before.payments, report.after.payments].some((rates) => [rates.fraudStopped, rates.fraudMissed, rates.falsePositives].some((number) => number !== '0'))
}

/** The scores from which payments are held and declined are no rule, and are tried by names of their own. */
export const thresholds = 'score_thresholds'

/** A rule's form as the changes that a replay takes. */
export function tried(name: string, mode: string, parameters: Record<string, number>): unknown {
  if (name !== thresholds) return { rules: [{ name, mode, parameters }] }
  return { ...(parameters.review_at === undefined ? {} : { reviewAt: parameters.review_at }), ...(parameters.decline_at === undefined ? {} : { declineAt: parameters.decline_at }) }
}

/** Outcomes that changed, those that stop more first. */
export function moved(report: Report): Report['outcomes'] {
  const weight = { approve: 0, review: 1, decline: 2 }
  return report.outcomes.filter((one) => one.from !== one.to).sort((a, b) => weight[b.to] - weight[b.from] - (weight[a.to] - weight[a.from]))
}

/**
 * Starts a replay and hears how it stands until it ends. Where the stream is cut off before, it is opened again: how it stands is told
 * at once. Leaving it stops it.
 */
export async function replay(asked: Asked, progress: (now: Backtest) => void, signal: AbortSignal): Promise<Backtest> {
  let now = await post<Backtest>('/fraud/backtests', { rules: asked.rules, ...(asked.from ? { from: asked.from } : {}), ...(asked.newest ? { newest: asked.newest } : {}) })
  const path = `/fraud/backtests/${encodeURIComponent(now.id)}`
  const stop = () => void fetch(path, { method: 'DELETE', credentials: 'same-origin', keepalive: true })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  const told = (message: Message) => {
    now = JSON.parse(message.data) as Backtest
    progress(now)
  }
  try {
    while (now.status === 'running' && !signal.aborted) {
      if (!(await follow(`${path}/stream`, told, signal)) && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, againMs))
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
  return now
}

const againMs = 1_000

/** Reads a stream to its end; false where it was cut off, or the server not reached. */
async function follow(path: string, told: (message: Message) => void, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(path, { headers: { Accept: 'text/event-stream' }, credentials: 'same-origin', cache: 'no-store', signal })
    if (!answer.ok) throw await Problem.of(answer)
    const parser = new SseParser()
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return true
      for (const message of parser.push(value)) told(message)
    }
  } catch (failure) {
    if (failure instanceof TypeError || failure instanceof DOMException) return false
    throw failure
  }
}
