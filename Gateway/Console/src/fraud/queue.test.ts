import { describe, expect, it } from 'vitest'
import type { FraudCase } from './cases'
import { atRisk, candidates, similar } from './queue'

const now = '2026-11-21T14:00:00.000Z'
const one = (id: string, rest: Partial<FraudCase> = {}): FraudCase => ({
  id,
  version: 1,
  status: 'open',
  resolution: null,
  paymentId: `pay_${id}`,
  debtorAccount: 'payer',
  creditorAccount: 'payee',
  kind: 'instant_payment',
  card: null,
  amount: '1.00',
  currency: 'USD',
  score: 60,
  rules: ['impossible_travel'],
  openedAt: now,
  expiresAt: now,
  closedAt: null,
  assignee: null,
  snoozedUntil: null,
  label: null,
  changedBy: null,
  notes: [],
  ...rest,
})

const ids = (cases: FraudCase[]) => cases.map((each) => each.id)

describe('lock and next', () => {
  const queue = [
    one('mine', { assignee: 'me' }),
    one('hers', { assignee: 'ann' }),
    one('first'),
    one('asleep', { snoozedUntil: '2026-11-21T15:00:00.000Z' }),
    one('awake', { snoozedUntil: '2026-11-21T13:00:00.000Z' }),
    one('closed', { status: 'closed' }),
  ]

  it('tries nobody’s first, then mine, and leaves alone what is another’s or set aside', () => {
    expect(ids(candidates(queue, 'me', now, new Set(), null))).toEqual(['first', 'awake', 'mine'])
  })

  it('begins with what was pointed at, and passes over what is on the page', () => {
    expect(ids(candidates(queue, 'me', now, new Set(['first']), 'mine'))).toEqual(['mine', 'awake'])
    expect(ids(candidates(queue, 'me', now, new Set(), 'hers'))).toEqual(['first', 'awake', 'mine'])
  })
})

describe('the money at risk', () => {
  it('is a sum a currency', () => {
    expect(atRisk([one('a', { amount: '0.10' }), one('b', { amount: '0.20' }), one('c', { amount: '500', currency: 'JPY' })])).toEqual([
      { amount: '0.30', currency: 'USD' },
      { amount: '500', currency: 'JPY' },
    ])
  })
})

describe('similar cases', () => {
  it('are the payer’s own, then those that share rules, the newest first, and never the case itself', () => {
    const of = one('this', { rules: ['a', 'b'] })
    const found = similar(
      of,
      [of, one('own', { rules: ['x'] })],
      [one('own', { rules: ['x'] }), one('one', { debtorAccount: 'q', rules: ['a'] }), one('newer', { debtorAccount: 'q', rules: ['b'], openedAt: '2026-11-22' }), one('two', { debtorAccount: 'q', rules: ['a', 'b'] }), one('none', { debtorAccount: 'q', rules: ['x'] })],
      3,
    )
    expect(found.map((each) => [each.case.id, each.isSamePayer, each.shared.length])).toEqual([['own', true, 0], ['two', false, 2], ['newer', false, 1]])
  })

  it('of a card are those of the same card, and never those that have no account either', () => {
    const card = (fingerprint: string) => ({ kind: 'card_payment', debtorAccount: null, rules: [], card: { fingerprint } }) as unknown as Partial<FraudCase>
    expect(similar(one('this', card('a')), [], [one('same', card('a')), one('other', card('b')), one('none', { rules: [] })], 3).map((each) => each.case.id)).toEqual(['same'])
  })
})
