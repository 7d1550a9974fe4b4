/** Cases and decisions as `/fraud` tells them. Amounts are decimal strings and stay strings. */

export type Outcome = 'approve' | 'review' | 'decline'
export type Label = 'confirmed_fraud' | 'false_positive' | 'valuable_alert'
export type Resolution = 'released' | 'refused' | 'expired'

export interface FraudCase {
  id: string
  version: number
  status: 'open' | 'closed'
  resolution: Resolution | null
  paymentId: string
  debtorAccount: string
  creditorAccount: string
  amount: string
  currency: string
  score: number
  rules: string[]
  openedAt: string
  /** When the payment is refused if nobody acts. */
  expiresAt: string
  closedAt: string | null
  assignee: string | null
  snoozedUntil: string | null
  label: Label | null
  /** Null where the product did it. */
  changedBy: string | null
  notes: { by: string; at: string; text: string }[]
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
}

/** "impossible_travel" → "Impossible travel". */
export function ruleWord(rule: string): string {
  const text = rule.replace(/_/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
