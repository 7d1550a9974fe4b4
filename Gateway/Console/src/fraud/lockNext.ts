import { get, newKey, post, Problem, query } from '../api/request'
import type { Page } from '../api/types'
import type { FraudCase } from './cases'
import { failureWords } from './pending.svelte'
import { candidates } from './queue'

/** The cases that the queue is asked for at once. */
export const queueLimit = 200

export function assign(one: FraudCase, to: string): Promise<FraudCase> {
  return post<FraudCase>(`/fraud/cases/${encodeURIComponent(one.id)}/assign`, to === '' ? { version: one.version } : { version: one.version, assignee: to }, newKey('assign'))
}

export interface Locked {
  case: FraudCase | null
  /** Those that somebody else took in the meantime, in words. */
  missed: string[]
}

/** Takes the next case for `me`. Where another analyst was faster, it goes on to the one after. */
export async function lockNext(me: string, now: string, not: ReadonlySet<string>, pointed: string | null): Promise<Locked> {
  const queue = await get<Page<FraudCase>>(query('/fraud/cases', { status: 'open', order: 'amount', limit: queueLimit }))
  const missed: string[] = []
  for (const one of candidates(queue.data, me, now, not, pointed)) {
    if (one.assignee === me) return { case: one, missed }
    try {
      return { case: await assign(one, me), missed }
    } catch (failure) {
      if (!(failure instanceof Problem && failure.status === 409)) throw failure
      missed.push(failureWords(failure))
    }
  }
  return { case: null, missed }
}
