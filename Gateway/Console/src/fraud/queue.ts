import { plus } from '../format/amount'
import type { FraudCase } from './cases'

/** Whose turn a case is, seen by one analyst. */
export function isFree(one: FraudCase, me: string, now: string): boolean {
  return one.status === 'open' && (one.assignee === null || one.assignee === me) && (one.snoozedUntil === null || one.snoozedUntil <= now)
}

/**
 * The cases that "lock and next" tries: the one that was pointed at, then nobody's, then mine, each in the queue's order; without those
 * that are set aside, and without `not` (the one on the page, and those whose decision is under way).
 */
export function candidates(queue: readonly FraudCase[], me: string, now: string, not: ReadonlySet<string>, pointed: string | null): FraudCase[] {
  const free = queue.filter((one) => isFree(one, me, now) && !not.has(one.id))
  const rank = (one: FraudCase) => (one.id === pointed ? 0 : one.assignee === null ? 1 : 2)
  return free.sort((a, b) => rank(a) - rank(b))
}

/** The money at risk, one sum a currency, in the order in which the currencies appear. */
export function atRisk(cases: readonly FraudCase[]): { amount: string; currency: string }[] {
  const sums = new Map<string, string>()
  for (const one of cases) sums.set(one.currency, plus(sums.get(one.currency) ?? '0', one.amount))
  return [...sums].map(([currency, amount]) => ({ amount, currency }))
}

/** The same account, or the same card. */
function isSamePayer(a: FraudCase, b: FraudCase): boolean {
  return a.card || b.card ? a.card?.fingerprint === b.card?.fingerprint : a.debtorAccount === b.debtorAccount
}

/** The past cases that say most about this one: the same payer's first, then by the rules that they share, then the newest. */
export function similar(of: FraudCase, samePayer: readonly FraudCase[], others: readonly FraudCase[], most: number): { case: FraudCase; shared: string[]; isSamePayer: boolean }[] {
  const known = new Map([...samePayer, ...others].filter((one) => one.id !== of.id).map((one) => [one.id, one]))
  return [...known.values()]
    .map((one) => ({ case: one, shared: one.rules.filter((rule) => of.rules.includes(rule)), isSamePayer: isSamePayer(of, one) }))
    .filter((one) => one.isSamePayer || one.shared.length > 0)
    .sort((a, b) => Number(b.isSamePayer) - Number(a.isSamePayer) || b.shared.length - a.shared.length || (a.case.openedAt < b.case.openedAt ? 1 : -1))
    .slice(0, most)
}
