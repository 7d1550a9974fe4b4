import { expect, test } from 'vitest'
import { decimalOf, minorOf, money } from '../format/minor'
import type { Charge } from './objects'
import { byBrand, byDecline, percent } from './outcomes'

const charge = (brand: string, status: string, reason: string | null = null) =>
  ({ status, outcome: { reason }, failure_code: null, payment_method_details: { card: { brand } } }) as unknown as Charge

test('success is counted a brand, the most used first', () => {
  const charges = [charge('visa', 'succeeded'), charge('visa', 'failed', 'generic_decline'), charge('visa', 'succeeded'), charge('amex', 'failed', 'lost_card')]
  expect(byBrand(charges)).toEqual([{ name: 'visa', part: 2, whole: 3 }, { name: 'amex', part: 0, whole: 1 }])
  expect(byBrand([])).toEqual([])
})

test('declines are counted a reason, of the declined', () => {
  const charges = [charge('visa', 'succeeded'), charge('visa', 'failed', 'lost_card'), charge('visa', 'failed', 'lost_card'), charge('visa', 'failed', 'expired_card')]
  expect(byDecline(charges)).toEqual([{ name: 'lost_card', part: 2, whole: 3 }, { name: 'expired_card', part: 1, whole: 3 }])
  expect(percent(2, 3)).toBe('66.7 %')
  expect(percent(0, 0)).toBe('–')
})

test('minor units have the digits of their currency', () => {
  expect([decimalOf(50000, 'isk'), decimalOf(50000, 'ugx'), decimalOf(500, 'mga'), minorOf('500', 'isk')]).toEqual(['500.00', '500.00', '500', 50000])
  expect([decimalOf(1234, 'usd'), decimalOf(5, 'usd'), decimalOf(500, 'jpy'), decimalOf(1234, 'kwd'), decimalOf(-50, 'usd')]).toEqual(['12.34', '0.05', '500', '1.234', '-0.50'])
  expect([minorOf('12.34', 'usd'), minorOf('12', 'usd'), minorOf('12.3', 'usd'), minorOf('500', 'jpy')]).toEqual([1234, 1200, 1230, 500])
  expect([minorOf('12.345', 'usd'), minorOf('5.5', 'jpy'), minorOf('-1', 'usd'), minorOf('', 'usd')]).toEqual([null, null, null, null])
  expect(money(123456789, 'usd')).toBe('1,234,567.89 USD')
})
