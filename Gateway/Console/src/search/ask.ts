import { find, get, Problem, query } from '../api/request'
import type { Account, Page, Payment } from '../api/types'
import type { Question } from './questions'

export type Found =
  | { kind: 'payment'; payment: Payment }
  | { kind: 'account'; account: Account }
  | { kind: 'payments'; name: string; filters: Record<string, string>; page: Page<Payment> }

/** Null where the question has no answer. */
export async function ask(question: Question, signal: AbortSignal): Promise<Found | null> {
  if (question.kind === 'payment') {
    const payment = await find<Payment>(`/payments/${encodeURIComponent(question.id)}`, signal)
    return payment && { kind: 'payment', payment }
  }
  if (question.kind === 'account') {
    const account = await find<Account>(`/accounts/${encodeURIComponent(question.id)}`, signal)
    return account && { kind: 'account', account }
  }
  try {
    const page = await get<Page<Payment>>(query('/payments', { ...question.filters, limit: 10 }), signal)
    return page.data.length > 0 ? { kind: 'payments', name: question.name, filters: question.filters, page } : null
  } catch (failure) {
    // The text cannot be such a reference (an unknown account, too many digits): so it was not meant as one.
    if (failure instanceof Problem && (failure.status === 404 || failure.status === 422)) return null
    throw failure
  }
}
