/** Stripe's objects, as far as the console reads them. Amounts are minor units. */
export interface Charge {
  id: string
  amount: number
  amount_captured: number
  amount_refunded: number
  balance_transaction: string | null
  captured: boolean
  created: number
  currency: string
  failure_code: string | null
  failure_message: string | null
  outcome: { reason: string | null; risk_level: string; seller_message: string; type: string } | null
  paid: boolean
  payment_intent: string
  payment_method_details: { card: { brand: string; last4: string; country: string; funding: string } }
  status: string
}

export interface Intent {
  id: string
  amount: number
  amount_capturable: number
  amount_received: number
  canceled_at: number | null
  cancellation_reason: string | null
  capture_method: string
  created: number
  currency: string
  customer: string | null
  description: string | null
  last_payment_error: { code?: string; decline_code?: string; message: string } | null
  latest_charge: Charge | string | null
  metadata: Record<string, string>
  payment_method: string | null
  status: string
}

export interface Refund {
  id: string
  amount: number
  charge: string
  created: number
  currency: string
  reason: string | null
  status: string
}

export interface Dispute {
  id: string
  amount: number
  created: number
  currency: string
  reason: string
  status: string
}

export interface BalanceTransaction {
  id: string
  amount: number
  created: number
  reporting_category: string
  source: string
}

export interface StripeList<T> {
  data: T[]
  has_more: boolean
  next_page?: string | null
}
