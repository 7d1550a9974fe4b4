import type { PaymentStatus } from '../api/types'

const statuses: Record<PaymentStatus, string> = {
  pending: 'Pending',
  held: 'Held',
  accepted_without_posting: 'Accepted, not posted',
  unresolved: 'Outcome unknown',
  settled: 'Settled',
  rejected: 'Rejected',
}

export function statusWord(status: PaymentStatus): string {
  return statuses[status] ?? status
}

const retries: Record<string, string> = {
  never: 'Trying again will not help.',
  later: 'It may be tried again later.',
  corrected: 'It may be tried again once corrected.',
}

export function retryWord(retry: string): string {
  return retries[retry] ?? ''
}

/** "payment.limits_changed" → "Payment limits changed". */
export function typeWord(type: string): string {
  const text = type.replace(/[._]/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
