/** The JSON of the public surface, as far as the console reads it. Amounts are decimal strings and stay strings. */

export type PaymentStatus =
  | 'pending'
  | 'held'
  | 'accepted_without_posting'
  | 'unresolved'
  | 'settled'
  | 'rejected'

export interface Reason {
  code: string
  name: string
  detail: string
  retry: 'never' | 'later' | 'corrected'
}

export interface Payment {
  id: string
  status: PaymentStatus
  isoStatus: string
  amount: string
  currency: string
  debtorAccount: string
  creditorAccount: string
  remittanceInfo?: string | null
  debtorName?: string | null
  creditorName?: string | null
  purpose?: string | null
  endToEndId: string
  uetr: string
  reason: Reason | null
  amountReturned: string
  returns?: (string | { id: string })[]
  returnOf?: string | null
  createdAt: string
  settledAt?: string | null
  location?: Place | null
  ipAddress?: string | null
  deviceId?: string | null
  metadata?: Record<string, string> | null
}

export interface Place {
  latitude: number
  longitude: number
  name?: string | null
}

export interface Leg {
  account: string
  direction: 'debit' | 'credit'
  amount: string
  balanceAfter?: string | null
}

export interface Step {
  /** Null where the log has no time for it. */
  at: string | null
  type: string
  title: string
  detail?: string | null
  legs?: Leg[] | null
}

export interface Journey {
  paymentId: string
  status: PaymentStatus
  steps: Step[]
}

export interface Window {
  count?: number | null
  amount?: string | null
  used?: { count?: number; amount?: string } | null
  resetsAt?: string | null
}

export interface Limits {
  perPayment?: string | null
  perMinute?: Window | null
  perHour?: Window | null
  perDay?: Window | null
}

export interface Account {
  id: string
  currency: string
  status: 'open' | 'frozen' | 'closed'
  name?: string | null
  balance: { posted: string; pendingDebits: string; pendingCredits: string; available: string }
  limits?: Limits | null
}

export interface Entry {
  id: string
  paymentId?: string | null
  type: string
  direction: 'debit' | 'credit'
  amount: string
  balanceAfter: string
  postedAt: string
}

export interface Page<T> {
  data: T[]
  hasMore: boolean
  next?: string | null
}

/** A CloudEvent of the log. */
export interface LogEvent {
  id: string
  source: string
  type: string
  subject: string
  time: string
  position: string
  version: number
  data: unknown
}

/** One second of the chart. */
export interface Second {
  time: string
  settled: number
  rejected: number
}

/** What the live overview says once a second. */
export interface Overview {
  time: string
  /** The cursor of the log's end. */
  position: string
  /** The same as a position of each shard, by the source of its events. */
  positions: Record<string, string>
  paymentsTotal: number
  settledTotal: number
  rejectedTotal: number
  paymentsPerSecond: number
  successRatio: string | null
  successRatioHourBefore: string | null
  latencyMs: { p50: string; p99: string } | null
  queueDepth: number
  queueLimit: number
  attention: Attention[]
  /** The last ten minutes; on connecting only. */
  history?: Second[]
  /** The last few seconds as they stand now: they replace what was drawn for them. */
  seconds?: Second[]
  /** A cursor some two hundred events before the log's end, where a page that has just opened starts reading; on connecting only. */
  eventsAfter?: string
  /** The same for the live board, which draws more of them. */
  fraudAfter?: string
}

export interface Attention {
  kind: string
  text: string
  href: string
}

export interface Session {
  name: string
  role: 'bank' | 'merchant' | 'analyst' | 'administrator'
  sandbox: boolean
  /** What cases call this person; of those who may work on cases only. */
  label?: string
}
