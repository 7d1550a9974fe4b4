import { describe, expect, it } from 'vitest'
import { journeyOf } from './journey'
import type { BalanceTransaction, Charge, Intent } from './objects'

const intent = { id: 'pi_1', amount: 5000, created: 100, currency: 'usd', capture_method: 'manual' } as Intent
const charge = { id: 'ch_1', amount: 5000, amount_captured: 3000, created: 101, currency: 'usd', status: 'succeeded', payment_method_details: { card: { brand: 'visa', last4: '4242' } } } as Charge
const moved = (reporting_category: string, amount: number, created: number): BalanceTransaction => ({ id: `txn_${created}_${amount}`, amount, created, reporting_category, source: 'ch_1' })
const told = (of: Intent, transactions: BalanceTransaction[]) => journeyOf(of, [charge], [], [], transactions).map((step) => [step.at, step.title, step.detail.replace(/ with.*/, '')])

describe('the journey of a payment', () => {
  it('says when it was captured, not when it was authorized', () => {
    expect(told(intent, [moved('partial_capture_reversal', -2000, 900), moved('charge', 5000, 900)])).toEqual([
      [100, 'Created', '50.00 USD'],
      [101, 'Authorized', '50.00 USD'],
      [900, 'Captured', '30.00 USD of 50.00 USD'],
    ])
  })

  it('tells each of several captures, oldest first', () => {
    expect(told(intent, [moved('charge', 2000, 950), moved('charge', 1000, 900), moved('fee', -5, 901)]).slice(2)).toEqual([
      [900, 'Captured', '10.00 USD of 50.00 USD'],
      [950, 'Captured', '20.00 USD of 50.00 USD'],
    ])
  })

  it('has no captures where the payment was taken at once', () => {
    expect(told({ ...intent, capture_method: 'automatic' } as Intent, [moved('charge', 5000, 101)]).map((step) => step[1])).toEqual(['Created', 'Paid'])
  })
})
