import { money } from '../format/minor'
import type { Charge, Dispute, Intent, Refund } from './objects'

export interface Step {
  at: number
  title: string
  detail: string
  tone: '' | 'good' | 'bad'
  id: string
}

/** What happened to a payment, oldest first, told by its objects. */
export function journeyOf(intent: Intent, charges: Charge[], refunds: Refund[], disputes: Dispute[]): Step[] {
  const steps: Step[] = [{ at: intent.created, title: 'Created', detail: money(intent.amount, intent.currency), tone: '', id: intent.id }]
  for (const charge of [...charges].reverse()) {
    const card = charge.payment_method_details.card
    const of = `${card.brand} ${card.last4}`
    if (charge.status === 'failed')
      steps.push({ at: charge.created, title: 'Declined', detail: `${of}: ${charge.failure_message ?? ''} (${charge.outcome?.reason ?? charge.failure_code})`, tone: 'bad', id: charge.id })
    else {
      const manual = intent.capture_method === 'manual'
      steps.push({ at: charge.created, title: manual ? 'Authorized' : 'Paid', detail: `${money(charge.amount, charge.currency)} with ${of}, risk ${charge.outcome?.risk_level ?? 'unknown'}`, tone: 'good', id: charge.id })
      if (manual && charge.amount_captured > 0)
        steps.push({ at: charge.created, title: 'Captured', detail: `${money(charge.amount_captured, charge.currency)} of ${money(charge.amount, charge.currency)}`, tone: 'good', id: charge.id })
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
