import { describe, expect, it } from 'vitest'
import { layOut, wrap } from './journeyLayout'

const leg = (account: string, direction: 'debit' | 'credit') => ({ account, direction, amount: '1.00', balanceAfter: '2.00' })

describe('the drawing of a journey', () => {
  it('breaks a sentence at spaces and loses no word', () => {
    const text = 'The debtor account’s available funds do not cover the amount.'
    expect(wrap(text, 20).every((line) => line.length <= 20)).toBe(true)
    expect(wrap(text, 20).join(' ')).toBe(text)
  })

  it('writes the time between steps, and an arrow for each pair of legs', () => {
    const { steps } = layOut(
      [
        { at: '2026-11-21T14:03:07.100Z', type: 'payment.received', title: 'Received' },
        { at: '2026-11-21T14:03:07.104Z', type: 'payment.settled', title: 'Settled', legs: [leg('a', 'debit'), leg('b', 'credit'), leg('a', 'debit'), leg('fees', 'credit')] },
      ],
      760,
    )
    expect(steps.map((step) => step.since?.text ?? null)).toEqual([null, '+4 ms'])
    expect(steps[1]!.arrows).toHaveLength(2)
    expect(steps[1]!.legs.map((one) => one.account)).toEqual(['a', 'b', 'a', 'fees'])
  })

  it.each([320, 760, 1200])('keeps boxes apart and inside %i pixels or the narrowest drawing', (width) => {
    const { steps } = layOut([{ at: '2026-11-21T14:03:07.100Z', type: 'payment.settled', title: 'Settled', legs: [leg('a', 'debit'), leg('b', 'credit')] }], width)
    const [debit, credit] = steps[0]!.legs
    expect(debit!.x + debit!.width).toBeLessThan(credit!.x)
    expect(credit!.x + credit!.width).toBeLessThanOrEqual(Math.max(width, 520))
  })
})
