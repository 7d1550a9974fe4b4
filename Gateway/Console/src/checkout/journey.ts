import { money } from '../format/minor'
import type { BalanceTransaction, Charge, Dispute, Intent, Refund } from './objects'

export interface Step {
  at: number
  title: string
  detail: string
  tone: '' | 'good' | 'bad'
  id: string
}

/** The captures of a charge: one that took less than was authorized stands in the statement as all of it, and the rest going back. */
function capturesOf(charge: Charge, transactions: BalanceTransaction[]): { at: number; amount: number }[] {
  const of = transactions.filter((one) => one.source === charge.id)
  return of
    .filter((one) => one.reporting_category === 'charge')
    .map((one) => ({ at: one.created, amount: one.amount + of.filter((back) => back.reporting_category === 'partial_capture_reversal' && back.created === one.created).reduce((sum, back) => sum + back.amount, 0) }))
}

/** What happened to a payment, oldest first, told by its objects; when it was captured only its balance transactions know. */
export function journeyOf(intent: Intent, charges: Charge[], refunds: Refund[], disputes: Dispute[], transactions: BalanceTransaction[]): Step[] {
  const steps: Step[] = [{ at: intent.created, title: 'Created', detail: money(intent.amount, intent.currency), tone: '', id: intent.id }]
  for (const charge of [...charges].reverse()) {
    const card = charge.payment_method_details.card
    const of = `${card.brand} ${card.last4}`
    if (charge.status === 'failed')
      steps.push({ at: charge.created, title: 'Declined', detail: `${of}: ${charge.failure_message ?? ''} (${charge.outcome?.reason ?? charge.failure_code})`, tone: 'bad', id: charge.id })
    else {
      const manual = intent.capture_method === 'manual'
      steps.push({ at: charge.created, title: manual ? 'Authorized' : 'Paid', detail: `${money(charge.amount, charge.currency)} with ${of}, risk ${charge.outcome?.risk_level ?? 'unknown'}`, tone: 'good', id: charge.id })
      if (manual)
        for (const capture of capturesOf(charge, transactions).reverse())
          steps.push({ at: capture.at, title: 'Captured', detail: `${money(capture.amount, charge.currency)} of ${money(charge.amount, charge.currency)}`, tone: 'good', id: charge.id })
    }
  }
  for (const refund of [...refunds].reverse())
    steps.push({ at: refund.created, title: refund.status === 'failed' ? 'Refund failed' : 'Refunded', detail: `${money(refund.amount, refund.currency)}${refund.reason ? `, ${refund.reason.replaceAll('_', ' ')}` : ''} (${refund.status})`, tone: refund.status === 'failed' ? 'bad' : '', id: refund.id })
  for (const dispute of [...disputes].reverse())
    steps.push({ at: dispute.created, title: 'Disputed', detail: `${money(dispute.amount, dispute.currency)}, ${dispute.reason.replaceAll('_', ' ')} (${dispute.status.replaceAll('_', ' ')})`, tone: 'bad', id: dispute.id })
  if (intent.canceled_at) steps.push({ at: intent.canceled_at, title: 'Canceled', detail: intent.cancellation_reason?.replaceAll('_', ' ') ?? '', tone: 'bad', id: intent.id })
  // Steps of one second keep the order in which they are told.
  return steps.map((step, place) => ({ step, place })).sort((a, b) => a.step.at - b.step.at || a.place - b.place).map(({ step }) => step)
}
