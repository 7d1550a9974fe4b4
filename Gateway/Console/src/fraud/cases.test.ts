import { describe, expect, it } from 'vitest'
import { actionWords, cardWord, payerWord, resolutionWord, type FraudCase } from './cases'

const held = { debtorAccount: 'payer', card: null } as FraudCase
const card = { debtorAccount: null, card: { brand: 'visa', last4: '4242' } } as FraudCase

describe('a case', () => {
  it('says who pays: an account, or a card by its brand and last digits', () => {
    expect([payerWord(held), payerWord(card), cardWord({ brand: 'some_brand', last4: '0005' })]).toEqual(['payer', 'Visa ···· 4242', 'Some brand ···· 0005'])
  })

  it.each([
    ['released', 'Approved', 'Kept'],
    ['refused', 'Declined', 'Canceled or refunded'],
    ['expired', 'Expired, declined', 'Nobody looked, kept'],
    ['disputed', 'Disputed by the cardholder', 'Disputed by the cardholder'],
  ] as const)('that is %s ends as %s, and of a card as %s', (resolution, ofAccount, ofCard) => {
    expect([resolutionWord({ ...held, resolution }), resolutionWord({ ...card, resolution })]).toEqual([ofAccount, ofCard])
  })

  it('says what a decision does to its money', () => {
    expect([actionWords(held).decline, actionWords(card).decline]).toEqual(['Decline', 'Cancel or refund'])
  })
})
