import { get, newKey, post } from '../api/request'
import type { Account, Payment } from '../api/types'
import { plus } from '../format/amount'

/** The accounts that every sandbox has. */
const payer = '123456789'
const payee = '987654321'
const small = 'sandbox_0001'

export interface Change {
  account: string
  before: string
  after: string
}

const available = async (account: string) => (await get<Account>(`/accounts/${account}`)).balance.available

/** Does it, and says how the accounts' balances changed meanwhile. */
async function watched<T>(accounts: string[], act: () => Promise<T>): Promise<{ answer: T; changes: Change[] }> {
  const before = await Promise.all(accounts.map(available))
  const answer = await act()
  const after = await Promise.all(accounts.map(available))
  return { answer, changes: accounts.map((account, index) => ({ account, before: before[index]!, after: after[index]! })) }
}

export function pay() {
  const body = { amount: '150.00', currency: 'USD', debtorAccount: payer, creditorAccount: payee, remittanceInfo: 'Invoice 12345' }
  return watched([payer, payee], () => post<Payment>('/payments', body, newKey('pay')))
}

export const burst = 200

interface BatchItem {
  idempotencyKey: string
  status: number
  payment?: Payment
  problem?: { title: string; detail?: string }
}

/** Many payments at once from one account: they are decided one after the other by its grain, and commit together. */
export async function hotAccount() {
  const run = newKey('hot')
  const items = Array.from({ length: burst }, (_, index) => ({
    idempotencyKey: `${run}-${index}`,
    amount: '1.00',
    currency: 'USD',
    debtorAccount: payer,
    creditorAccount: payee,
    remittanceInfo: `Hot account ${index + 1} of ${burst}`,
  }))
  let milliseconds = 0
  const seen = await watched([payer, payee], async () => {
    const started = performance.now()
    const answer = await post<BatchItem[]>('/payments/batch', items)
    milliseconds = Math.round(performance.now() - started)
    return answer
  })
  const settled = seen.answer.filter((item) => item.payment?.status === 'settled').length
  return { ...seen, settled, others: seen.answer.length - settled, milliseconds }
}

/** More than the account has: rejected, recorded, and the balance stays. */
export async function decline() {
  const amount = plus(await available(small), '1.00')
  const body = { amount, currency: 'USD', debtorAccount: small, creditorAccount: payee, remittanceInfo: 'More than there is' }
  return { amount, ...(await watched([small], () => post<Payment>('/payments', body, newKey('decline')))) }
}
