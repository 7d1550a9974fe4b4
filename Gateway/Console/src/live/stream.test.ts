import { afterEach, describe, expect, it, vi } from 'vitest'
import { Stream, type StreamState } from './stream'

/** A server whose answers are scripted, one a connection: text of an event stream that then ends, or a refusal. */
function server(answers: (string | 'refused' | number)[]) {
  const asked: (string | null)[] = []
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    asked.push((init.headers as Record<string, string>)['Last-Event-ID'] ?? null)
    const answer = answers.shift()
    if (answer === undefined) return new Response(new ReadableStream())
    if (answer === 'refused') throw new TypeError('connection refused')
    if (typeof answer === 'number') return new Response(null, { status: answer })
    return new Response(answer)
  })
  return asked
}

function listen(cursor: string, onExpired?: () => string) {
  const states: StreamState[] = []
  const ids: (string | null)[] = []
  const stream = new Stream({
    url: () => '/events/stream',
    cursor,
    silenceMs: 60_000,
    onState: (state) => state !== states.at(-1) && states.push(state),
    onMessages: (messages) => ids.push(...messages.map((message) => message.id)),
    onExpired,
  })
  return { states, ids, stream }
}

afterEach(() => vi.unstubAllGlobals())

describe('a stream', () => {
  it('goes on from the last message after the server was away, and says how it is', async () => {
    const asked = server(['id: 8\ndata: a\n\nid: 9\ndata: b\n\nid: 10\nda', 'refused', 'id: 10\ndata: c\n\n'])
    const { states, ids, stream } = listen('7')
    await vi.waitFor(() => expect(asked).toHaveLength(4), 8_000)
    expect(asked).toEqual(['7', '9', '9', '10'])
    expect(ids).toEqual(['8', '9', '10'])
    expect(states.slice(0, 5)).toEqual(['connecting', 'open', 'lost', 'down', 'open'])
    stream.close()
  }, 10_000)

  it('starts where it is told when its cursor is older than what is kept', async () => {
    const asked = server([410, 'id: 51\ndata: a\n\n'])
    const { ids, stream } = listen('3', () => '50')
    await vi.waitFor(() => expect(ids).toEqual(['51']), 5_000)
    expect(asked.slice(0, 2)).toEqual(['3', '50'])
    stream.close()
  })
})
