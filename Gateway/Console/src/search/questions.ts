/** What a searched text can mean. A question is a filter of the payments list, or a resource asked for by its id. */
export type Question =
  | { kind: 'payment'; id: string }
  | { kind: 'account'; id: string }
  | { kind: 'payments'; name: string; filters: Record<string, string> }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const amount = /^\d[\d,' ]*(\.\d{1,3})?$/

/** "1,500.00", "1500" → "1500.00", "1500": as the API writes amounts; null where it is none. */
export function asAmount(text: string): string | null {
  return amount.test(text) ? text.replace(/[,' ]/g, '').replace(/^0+(?=\d)/, '') : null
}

export function questions(text: string): Question[] {
  const q = text.trim()
  if (/^pay_[0-9a-z]+$/.test(q)) return [{ kind: 'payment', id: q }, { kind: 'payments', name: 'End-to-end id', filters: { endToEndId: q } }]
  const asked: Question[] = []
  if (uuid.test(q)) asked.push({ kind: 'payments', name: 'UETR', filters: { uetr: q.toLowerCase() } })
  if (/^[A-Za-z0-9:_-]{1,34}$/.test(q)) {
    asked.push({ kind: 'account', id: q })
    asked.push({ kind: 'payments', name: 'Account, either side', filters: { account: q } })
  }
  if (q.length <= 35) asked.push({ kind: 'payments', name: 'End-to-end id', filters: { endToEndId: q } })
  if (/^[\x20-\x7e]{1,255}$/.test(q)) asked.push({ kind: 'payments', name: 'Idempotency key', filters: { idempotencyKey: q } })
  const sum = asAmount(q)
  if (sum) asked.push({ kind: 'payments', name: 'Amount', filters: { minAmount: sum, maxAmount: sum } })
  return asked
}
