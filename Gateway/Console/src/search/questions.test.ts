import { describe, expect, it } from 'vitest'
import { asAmount, questions } from './questions'

const names = (text: string) => questions(text).map((question) => ('name' in question ? question.name : question.kind))

describe('a searched text', () => {
  it.each([
    ['pay_01h2x', ['payment', 'End-to-end id']],
    ['123456789', ['account', 'Account, either side', 'End-to-end id', 'Idempotency key', 'Amount']],
    ['150.00', ['End-to-end id', 'Idempotency key', 'Amount']],
    ['8D2A6F3E-0B1C-4D5E-8F90-123456789ABC', ['UETR', 'Idempotency key']],
    ['order 42', ['End-to-end id', 'Idempotency key']],
  ])('%s', (text, meant) => expect(names(text)).toEqual(meant))

  it.each([
    ['1,500.00', '1500.00'],
    ['0042', '42'],
    ['1.5e3', null],
    ['', null],
  ])('%s as an amount', (text, amount) => expect(asAmount(text)).toBe(amount))
})
