/** Cases and decisions as `/fraud` tells them. Amounts are decimal strings and stay strings. */

export type Outcome = 'approve' | 'review' | 'decline'
export type Label = 'confirmed_fraud' | 'false_positive' | 'valuable_alert'
export type Resolution = 'released' | 'refused' | 'expired' | 'canceled' | 'refunded' | 'disputed'

export interface FraudCase {
  id: string
  version: number
  status: 'open' | 'closed'
  resolution: Resolution | null
  /** `pay_…`; of a card payment its intent, `pi_…`. */
  paymentId: string
  /** Null of a card payment. */
  debtorAccount: string | null
  creditorAccount: string
  kind: 'instant_payment' | 'card_payment'
  /** Null of an instant payment. */
  card: CaseCard | null
  amount: string
  currency: string
  score: number
  rules: string[]
  openedAt: string
  /** When a held payment is refused, and the case of a card payment ends, if nobody acts. */
  expiresAt: string
  closedAt: string | null
  assignee: string | null
  snoozedUntil: string | null
  label: Label | null
  /** Null where the product did it. */
  changedBy: string | null
  notes: { by: string; at: string; text: string }[]
}

/** The card payment of a case, as it was when the case was opened. */
export interface CaseCard {
  merchant: string
  charge: string
  review: string
  customer: string | null
  name: string | null
  email: string | null
  brand: string
  last4: string
  /** A keyed hash of the number: as a card stands on a list. */
  fingerprint: string
  country: string
  funding: string
}

export interface Reason {
  rule: string
  version: number
  mode: 'live' | 'shadow'
  outcome: Outcome
  points: number
  text: string
  values: Record<string, number | null>
  threshold: number
}

export interface Model {
  version: string
  probability: number
  points: number
  mode: 'live' | 'shadow'
  contributions: { feature: string; logit: number }[]
}

export interface Decision {
  paymentId: string
  outcome: Outcome
  score: number
  reasons: Reason[]
  ruleSetVersion: number
  model: Model | null
  features: Record<string, number | null>
  fellBack: string[]
  decidedAt: string
}

export const labelWords: Record<Label, string> = {
  confirmed_fraud: 'Confirmed fraud',
  false_positive: 'False positive',
  valuable_alert: 'Valuable alert',
}

export const resolutionWords: Record<Resolution, string> = {
  released: 'Approved',
  refused: 'Declined',
  expired: 'Expired, declined',
  canceled: 'Canceled by the merchant',
  refunded: 'Refunded by the merchant',
  disputed: 'Disputed by the cardholder',
}

/** How a case ended. Nobody having looked, a held payment is refused; a card payment went on long before. */
export function resolutionWord(of: FraudCase): string {
  if (!of.resolution) return ''
  if (!of.card) return resolutionWords[of.resolution]
  if (of.resolution === 'released') return 'Kept'
  if (of.resolution === 'refused') return 'Canceled or refunded'
  return of.resolution === 'expired' ? 'Nobody looked, kept' : resolutionWords[of.resolution]
}

const brands: Record<string, string> = { visa: 'Visa', mastercard: 'Mastercard', amex: 'American Express', discover: 'Discover', diners: 'Diners Club', jcb: 'JCB', unionpay: 'UnionPay' }

/** "Visa ···· 4242". */
export function cardWord(card: Pick<CaseCard, 'brand' | 'last4'>): string {
  return `${brands[card.brand] ?? ruleWord(card.brand)} ···· ${card.last4}`
}

/** Who pays, in words: an account, or a card. */
export function payerWord(of: FraudCase): string {
  return of.card ? cardWord(of.card) : (of.debtorAccount ?? '')
}

/** What an analyst's decision does, in words. */
export function actionWords(of: FraudCase): { approve: string; decline: string; approving: string; declining: string; hint: string } {
  return of.card
    ? { approve: 'Keep it', decline: 'Cancel or refund', approving: 'Keeping', declining: 'Canceling or refunding', hint: 'The card payment went on already. Keeping it changes nothing; the other cancels what is only authorized, and gives back what was captured.' }
    : { approve: 'Approve', decline: 'Decline', approving: 'Approving', declining: 'Declining', hint: '' }
}

/** "impossible_travel" → "Impossible travel". */
export function ruleWord(rule: string): string {
  const text = rule.replace(/_/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
