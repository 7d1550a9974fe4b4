/** A request of the /v1 surface, as the log has it. */
export interface LoggedRequest {
  id: string
  createdAt: string
  method: string
  path: string
  status: number
  durationMicroseconds: number
  errorCode: string | null
  idempotencyKey: string | null
  replayed: boolean
  objects: string[]
  apiVersion?: string | null
  userAgent?: string | null
  address?: string | null
  publishableKey?: boolean
  cut?: boolean
  parameters?: { name: string; value: string }[]
  answer?: string
}

export const redacted = '[redacted]'

/** Why the request cannot be sent once more; empty where it can. */
export function obstacle(request: LoggedRequest): string {
  if (request.path === redacted || request.parameters?.some(({ value }) => value === redacted)) return 'What is redacted cannot be sent again.'
  return request.cut ? 'It was too long to be kept whole, and cannot be sent again.' : ''
}

/** JSON with line ends, or the text as it is where it is none. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

export function milliseconds(microseconds: number): string {
  return `${(microseconds / 1_000).toFixed(microseconds < 10_000 ? 2 : 0)} ms`
}

/** How the request is sent once more: a query for what reads, a form for what writes. */
export function again(request: LoggedRequest): { path: string; init: RequestInit } {
  const form = new URLSearchParams((request.parameters ?? []).map(({ name, value }) => [name, value])).toString()
  const headers: Record<string, string> = request.apiVersion ? { 'Stripe-Version': request.apiVersion } : {}
  if (request.method === 'GET') return { path: form ? `${request.path}?${form}` : request.path, init: { method: 'GET', headers } }
  headers['Content-Type'] = 'application/x-www-form-urlencoded'
  return { path: request.path, init: { method: request.method, headers, body: form } }
}
