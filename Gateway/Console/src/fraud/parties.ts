import type { Payment } from '../api/types'
import { plus } from '../format/amount'

export interface Party {
  account: string
  currency: string
  paid: { count: number; amount: string }
  received: { count: number; amount: string }
  last: string
}

export interface Trace {
  kind: 'device' | 'address' | 'place'
  name: string
  count: number
}

/** Rejected payments moved nothing, and yet they tell who was tried: they count, their money does not. */
const moves = (payment: Payment) => payment.status !== 'rejected'

/** Who the account paid and was paid by in these payments, the most recent first; one row a currency. */
export function partiesOf(account: string, payments: readonly Payment[]): Party[] {
  const parties = new Map<string, Party>()
  for (const payment of payments) {
    const pays = payment.debtorAccount === account
    const other = pays ? payment.creditorAccount : payment.debtorAccount
    const key = `${other} ${payment.currency}`
    const party = parties.get(key) ?? { account: other, currency: payment.currency, paid: { count: 0, amount: '0' }, received: { count: 0, amount: '0' }, last: payment.createdAt }
    const side = pays ? party.paid : party.received
    side.count++
    if (moves(payment)) side.amount = plus(side.amount, payment.amount)
    if (payment.createdAt > party.last) party.last = payment.createdAt
    parties.set(key, party)
  }
  return [...parties.values()].sort((a, b) => (a.last < b.last ? 1 : a.last > b.last ? -1 : 0))
}

/** The devices, addresses and places of what the account paid, the most used first. */
export function tracesOf(account: string, payments: readonly Payment[]): Trace[] {
  const traces = new Map<string, Trace>()
  const add = (kind: Trace['kind'], name: string | null | undefined) => {
    if (!name) return
    const trace = traces.get(`${kind} ${name}`) ?? { kind, name, count: 0 }
    trace.count++
    traces.set(`${kind} ${name}`, trace)
  }
  for (const payment of payments) {
    if (payment.debtorAccount !== account) continue
    add('place', payment.location && (payment.location.name ?? `${payment.location.latitude}, ${payment.location.longitude}`))
    add('device', payment.deviceId)
    add('address', payment.ipAddress)
  }
  return [...traces.values()].sort((a, b) => b.count - a.count)
}

/** How long the bar of an amount is, 0 to 1: by its logarithm, since a payer's amounts span decades. For drawing only. */
export function barLength(amount: string, largest: string): number {
  const whole = Math.log1p(Number(largest))
  return whole > 0 ? Math.min(1, Math.log1p(Number(amount)) / whole) : 0
}
