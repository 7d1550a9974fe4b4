import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FraudCase } from './cases'
import { decide, forget, pendingOf, sendAllNow, undo, undoLast, undoMs } from './pending.svelte'

const one = (id: string) => ({ id, version: 3, amount: '1.00', currency: 'USD' }) as FraudCase
let sent: { path: string; body: string; keepalive: boolean }[] = []
let answer = () => new Response('{}', { status: 200 })

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  answer = () => new Response('{}', { status: 200 })
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    sent.push({ path, body: String(init.body), keepalive: init.keepalive === true })
    return answer()
  })
})
afterEach(() => {
  for (const id of ['a', 'b']) forget(id)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a decision', () => {
  it('is sent when its time to be undone is over, once', async () => {
    decide(one('a'), 'approve', 'false_positive')
    decide(one('a'), 'decline', null)
    await vi.advanceTimersByTimeAsync(undoMs - 1)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toEqual([{ path: '/fraud/cases/a/approve', body: '{"version":3,"label":"false_positive"}', keepalive: false }])
    expect(pendingOf('a')).toBeUndefined()
  })

  it('that is undone is never sent, and the last one is undone first', async () => {
    decide(one('a'), 'approve', null)
    decide(one('b'), 'decline', null)
    expect([undoLast(), pendingOf('b'), undo('a'), undo('a')]).toEqual([true, undefined, true, false])
    await vi.advanceTimersByTimeAsync(undoMs * 2)
    expect(sent).toEqual([])
  })

  it('is sent at once on the way out, and not again', async () => {
    decide(one('a'), 'decline', null)
    sendAllNow()
    await vi.advanceTimersByTimeAsync(undoMs * 2)
    expect(sent).toEqual([{ path: '/fraud/cases/a/decline', body: '{"version":3}', keepalive: true }])
  })

  it('that came too late says who acted, and can be made again', async () => {
    answer = () => new Response(JSON.stringify({ detail: 'The case was closed.', actedBy: 'ann' }), { status: 409 })
    decide(one('a'), 'approve', null)
    await vi.advanceTimersByTimeAsync(undoMs)
    expect([pendingOf('a')?.state, pendingOf('a')?.failure]).toEqual(['failed', 'ann acted before: The case was closed.'])
    decide(one('a'), 'decline', null)
    expect(pendingOf('a')?.state).toBe('waiting')
  })
})
