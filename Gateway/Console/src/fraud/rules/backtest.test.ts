import { afterEach, describe, expect, it, vi } from 'vitest'
import { compared, moved, replay, type Backtest, type Report } from './backtest'

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

  it('is asked after while it runs, and no more once it is done', async () => {
    vi.useFakeTimers()
    const answers: Partial<Backtest>[] = [{ id: 'b', status: 'running' }, { id: 'b', status: 'running' }, { id: 'b', status: 'done' }]
    const asked: string[] = []
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      asked.push(`${init.method ?? 'GET'} ${path}`)
      return new Response(JSON.stringify(answers.shift()))
    })
    const ended = replay({ from: null, rules: {} }, () => {}, new AbortController().signal)
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await ended).status).toBe('done')
    expect(asked).toEqual(['POST /fraud/backtests', 'GET /fraud/backtests/b', 'GET /fraud/backtests/b'])
  })

  it('that nobody waits for is stopped', async () => {
    vi.useFakeTimers()
    const asked: string[] = []
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      asked.push(`${init.method ?? 'GET'} ${path}`)
      return new Response(JSON.stringify({ id: 'b', status: 'running' }))
    })
    const abort = new AbortController()
    const ended = replay({ from: null, rules: {} }, () => abort.abort(), abort.signal)
    await vi.advanceTimersByTimeAsync(60_000)
    await ended
    expect(asked).toEqual(['POST /fraud/backtests', 'DELETE /fraud/backtests/b'])
  })
})
