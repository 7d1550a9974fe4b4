import { afterEach, describe, expect, it, vi } from 'vitest'
import { compared, isLabelled, moved, replay, tried, type Backtest, type Overlap, type Report } from './backtest'
import { parts } from './overlap'

const rates = (fraudStopped: string) => ({ fraudStopped, fraudMissed: '0', falsePositives: '0', precision: null, recall: null, falsePositiveRatio: null })
const outcome = (from: string, to: string) => ({ from, to, payments: 1, amounts: [] })

describe('a replay', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('is compared by number, then by the money of each currency', () => {
    const report = { before: { payments: rates('1'), money: [{ currency: 'USD', rates: rates('5.00') }] }, after: { payments: rates('2'), money: [{ currency: 'EUR', rates: rates('7.00') }] } } as Report
    expect(compared(report).map((row) => [row.of, row.before?.fraudStopped, row.after?.fraudStopped])).toEqual([['Payments', '1', '2'], ['EUR', undefined, '7.00'], ['USD', '5.00', undefined]])
  })

  it('has what moved, what is stopped more before what is stopped less', () => {
    const report = { outcomes: [outcome('approve', 'approve'), outcome('decline', 'approve'), outcome('approve', 'review'), outcome('approve', 'decline')] } as unknown as Report
    expect(moved(report).map((one) => `${one.from} ${one.to}`)).toEqual(['approve decline', 'approve review', 'decline approve'])
  })

  it('without a label has nothing to compare by', () => {
    const of = (stopped: string) => ({ before: { payments: rates('0'), money: [] }, after: { payments: rates(stopped), money: [] } }) as unknown as Report
    expect([isLabelled(of('0')), isLabelled(of('1'))]).toEqual([false, true])
  })

  it('tries a rule by its name, and the scores by theirs', () => {
    expect(tried('fan_in', 'shadow', { points: 1 })).toEqual({ rules: [{ name: 'fan_in', mode: 'shadow', parameters: { points: 1 } }] })
    expect(tried('score_thresholds', 'published', { review_at: 40 })).toEqual({ reviewAt: 40 })
  })

  /** A server whose streams are scripted, one a connection; each ends after its states, or is cut off before anything. */
  function server(streams: (Partial<Backtest>[] | 'refused')[]) {
    const asked: string[] = []
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      asked.push(`${init.method ?? 'GET'} ${path}`)
      if (!path.endsWith('/stream')) return new Response(JSON.stringify({ id: 'b', status: 'running' }))
      const states = streams.shift() ?? 'refused'
      if (states === 'refused') throw new TypeError('connection refused')
      return new Response(states.map((state) => `data: ${JSON.stringify({ id: 'b', ...state })}\n\n`).join(''))
    })
    return asked
  }
  const nothing = { from: null, newest: null, rules: {} }

  it('is followed on its stream until it is done', async () => {
    const asked = server([[{ status: 'running', rowsDone: 1 }, { status: 'done', rowsDone: 2 }]])
    const seen: number[] = []
    const ended = await replay(nothing, (now) => seen.push(now.rowsDone), new AbortController().signal)
    expect([ended.status, seen]).toEqual(['done', [1, 2]])
    expect(asked).toEqual(['POST /fraud/backtests', 'GET /fraud/backtests/b/stream'])
  })

  it('is followed again where its stream was cut off', async () => {
    vi.useFakeTimers()
    const asked = server(['refused', [{ status: 'running' }], [{ status: 'done' }]])
    const ended = replay(nothing, () => {}, new AbortController().signal)
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await ended).status).toBe('done')
    expect(asked).toHaveLength(4)
  })

  it('that nobody waits for is stopped', async () => {
    const asked = server([[{ status: 'running' }]])
    const abort = new AbortController()
    await replay(nothing, () => abort.abort(), abort.signal)
    expect(asked).toEqual(['POST /fraud/backtests', 'GET /fraud/backtests/b/stream', 'DELETE /fraud/backtests/b'])
  })
})

describe('the overlap of a rule', () => {
  const sum = (payments: number) => ({ payments, amounts: [{ currency: 'USD', amount: `${payments}.00`, payments }] })
  const overlap: Overlap = { rule: 'a', counts: true, spoke: sum(20), stopped: sum(10), alone: sum(4), needed: sum(7), shared: [{ with: 'b', counts: true, both: sum(6) }, { with: 'model', counts: false, both: sum(2) }] }

  it('is what it stops alone, what would pass without it, and what others stop as well', () => {
    expect(parts(overlap).map((part) => [part.kind, part.sum.payments, part.from, part.to])).toEqual([['alone', 4, 0, 0.4], ['needed', 3, 0.4, 0.7], ['covered', 3, 0.7, 1]])
    expect(parts(overlap).map((part) => part.sum.amounts[0]?.amount)).toEqual(['4.00', '3.00', '3.00'])
  })

  it('has nothing to draw where nothing is stopped', () => {
    const none = { payments: 0, amounts: [] }
    expect(parts({ ...overlap, stopped: none, alone: none, needed: none, shared: [] })).toEqual([])
  })
})
