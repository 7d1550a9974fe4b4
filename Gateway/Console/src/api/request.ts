import { signedOut } from '../session/session.svelte'

/** An answer that is not 2xx, in the words of its problem document (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly code: string | null,
    readonly errors: Record<string, string[]>,
    readonly traceId: string | null,
    /** Who acted before, where a case had changed. */
    readonly actedBy: string | null = null,
  ) {
    super(detail || title)
  }

  static async of(answer: Response): Promise<Problem> {
    const body = await answer.json().catch(() => null)
    return new Problem(
      answer.status,
      body?.title ?? `${answer.status} ${answer.statusText}`,
      // The /v1 surface has Stripe's error object.
      body?.detail ?? body?.error?.message ?? '',
      body?.code ?? body?.error?.code ?? null,
      body?.errors ?? {},
      body?.traceId ?? null,
      body?.actedBy ?? null,
    )
  }
}

/** The server could not be reached at all; whether it received the request is unknown. */
export class Unreachable extends Error {
  constructor() {
    super('The server did not answer.')
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(path, { ...init, credentials: 'same-origin' })
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new Unreachable()
  }
  if (answer.status === 401) signedOut()
  if (!answer.ok) throw await Problem.of(answer)
  return answer
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send(path, { headers: { Accept: 'application/json' }, signal })).json()
}

/** Null where there is no such resource. */
export async function find<T>(path: string, signal?: AbortSignal): Promise<T | null> {
  try {
    return await get<T>(path, signal)
  } catch (failure) {
    if (failure instanceof Problem && failure.status === 404) return null
    throw failure
  }
}

export async function post<T>(path: string, body: unknown, idempotencyKey?: string): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Content-Type': 'application/json' }
  if (idempotencyKey) headers['Idempotency-Key'] = idempotencyKey
  const answer = await send(path, { method: 'POST', headers, body: JSON.stringify(body) })
  return answer.status === 204 ? (undefined as T) : answer.json()
}

/** A form of the /v1 surface. */
export async function postForm<T>(path: string, parameters: [string, string][], idempotencyKey: string): Promise<T> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Idempotency-Key': idempotencyKey }
  return (await send(path, { method: 'POST', headers, body: new URLSearchParams(parameters).toString() })).json()
}

/** An answer as it is, whatever its status. */
export async function exchange(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin' })
  } catch {
    throw new Unreachable()
  }
}

/** A fresh key; `crypto.randomUUID` exists on secure origins only, `getRandomValues` everywhere. */
export function newKey(purpose: string): string {
  const random = crypto.getRandomValues(new Uint8Array(12))
  return `console-${purpose}-${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** A path with its query, without the empty parameters. */
export function query(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

export function sentence(failure: unknown): string {
  if (failure instanceof Problem) {
    const fields = Object.entries(failure.errors).map(([field, why]) => `${field}: ${why.join(' ')}`)
    return [failure.detail || failure.title, ...fields].join(' ')
  }
  return failure instanceof Error ? failure.message : String(failure)
}
