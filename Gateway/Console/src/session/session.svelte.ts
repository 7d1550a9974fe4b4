import { get, post } from '../api/request'
import type { Session } from '../api/types'

/** Who the browser is signed in as: undefined until the server said, null when it must sign in. */
export const session = $state<{ current: Session | null | undefined }>({ current: undefined })

export async function loadSession(): Promise<void> {
  session.current = await get<Session>('/console/session')
}

export async function signIn(key: string): Promise<void> {
  await post('/console/session', { key })
  await loadSession()
}

/** A request was answered 401: the cookie is gone or no longer good. */
export function signedOut(): void {
  session.current = null
}

/** Whether this session may see why payments were decided, and act on cases. */
export function analyses(): boolean {
  return session.current?.role === 'analyst' || session.current?.role === 'administrator'
}
