import { newKey, post, Problem, sentence } from '../api/request'
import type { FraudCase, Label } from './cases'

/** How long an analyst can take a decision back. */
export const undoMs = 10_000

export interface PendingDecision {
  key: string
  case: FraudCase
  action: 'approve' | 'decline'
  label: Label | null
  /** When it is sent, in the clock of `performance.now`. */
  sendAt: number
  state: 'waiting' | 'sending' | 'failed'
  failure: string
}

/**
 * Decisions that were made and not yet sent. They belong to the console, not to a page: they go on waiting while the analyst opens
 * the next case. Leaving the console (closing or reloading its tab) sends what waits at once, for the decision was made.
 */
let decisions = $state<PendingDecision[]>([])
const timers = new Map<string, ReturnType<typeof setTimeout>>()

export function pendingDecisions(): readonly PendingDecision[] {
  return decisions
}

export function pendingOf(caseId: string): PendingDecision | undefined {
  return decisions.find((one) => one.case.id === caseId)
}

export function decide(one: FraudCase, action: 'approve' | 'decline', label: Label | null): void {
  // Of a case that is being decided nothing else can be decided; a failed try makes room for the next.
  if (pendingOf(one.id)?.state === 'failed') forget(one.id)
  if (pendingOf(one.id)) return
  const key = newKey(action)
  decisions.push({ key, case: one, action, label, sendAt: performance.now() + undoMs, state: 'waiting', failure: '' })
  timers.set(key, setTimeout(() => void send(key), undoMs))
}

/** True when it was taken back in time. */
export function undo(caseId: string): boolean {
  if (pendingOf(caseId)?.state !== 'waiting') return false
  forget(caseId)
  return true
}

export function undoLast(): boolean {
  const last = decisions.findLast((one) => one.state === 'waiting')
  return last !== undefined && undo(last.case.id)
}

export function forget(caseId: string): void {
  const one = pendingOf(caseId)
  if (!one) return
  clearTimeout(timers.get(one.key))
  timers.delete(one.key)
  decisions = decisions.filter((other) => other.key !== one.key)
}

const pathOf = (one: PendingDecision) => `/fraud/cases/${encodeURIComponent(one.case.id)}/${one.action}`
const bodyOf = (one: PendingDecision) => ({ version: one.case.version, ...(one.label ? { label: one.label } : {}) })

async function send(key: string): Promise<void> {
  const one = decisions.find((other) => other.key === key)
  if (!one || one.state !== 'waiting') return
  one.state = 'sending'
  try {
    await post(pathOf(one), bodyOf(one), key)
    forget(one.case.id)
  } catch (failure) {
    one.state = 'failed'
    one.failure = failureWords(failure)
  }
}

/** Another analyst was faster: who, and what came of it. */
export function failureWords(failure: unknown): string {
  return failure instanceof Problem && failure.actedBy ? `${failure.actedBy} acted before: ${failure.detail}` : sentence(failure)
}

/** On the way out nobody waits for an answer: `keepalive` lets the request outlive the page. */
export function sendAllNow(): void {
  for (const one of decisions.filter((waiting) => waiting.state === 'waiting')) {
    forget(one.case.id)
    void fetch(pathOf(one), {
      method: 'POST',
      keepalive: true,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'Idempotency-Key': one.key },
      body: JSON.stringify(bodyOf(one)),
    })
  }
}
