export interface Attempt {
  at: string
  status: number
  durationMs: number
  detail: string | null
  signature: string | null
}

export interface Delivery {
  id: string
  event: string
  type: string
  endpoint: string
  url?: string
  status: 'pending' | 'delivered' | 'dead'
  createdAt: string
  nextAttemptAt: string | null
  attempts: Attempt[]
  body?: string
}

export interface Endpoint {
  id: string
  url: string
  events: string[]
  description: string | null
  status: string
  signature: 'standard' | 'stripe'
  createdAt: string
}

/** What became of a try, in a word. */
export function outcome(attempt: Attempt): string {
  return attempt.status === 0 ? 'no answer' : String(attempt.status)
}
