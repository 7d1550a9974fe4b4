import { describe, expect, it } from 'vitest'
import { digitsOf, featureValue, featureWord } from './features'

describe('a feature', () => {
  it.each([
    ['amount', 725000, 2, '7,250.00'],
    ['amount', 725000, 0, '725,000'],
    ['sum24_hours', 5, 2, '0.05'],
    ['incoming_sum24_hours', 100, 2, '1.00'],
    ['near_threshold24_hours', 3, 2, '3'],
    ['near_threshold_sum24_hours', 300, 2, '3.00'],
    ['amount_is_round', 1, 2, 'yes'],
    ['on_block_list', 0, 2, 'no'],
    ['country_mismatch', 1, 2, 'yes'],
    ['count24_hours', 1234, 2, '1,234'],
    ['travel_metres', 8472735, 2, '8,473 km'],
    ['travel_metres', 950, 2, '950 m'],
    ['travel_ms', 8, 2, '8 ms'],
    ['since_first_ms', 93_600_000, 2, '1 d 2 h'],
    ['robust_z90_days_milli', 625478, 2, '625.478'],
    ['robust_z90_days_milli', -1500, 2, '−1.500'],
    ['ip_payers1_hour', null, 2, 'not known'],
  ])('%s of %s with %i digits reads %s', (name, value, digits, text) => expect(featureValue(name, value, digits)).toBe(text))

  it.each([
    ['count24_hours', 'Count 24 hours'],
    ['robust_z90_days_milli', 'Robust z 90 days'],
    ['since_last_ms', 'Since last'],
    ['travel_ms', 'Travel, how long'],
  ])('%s is called %s', (name, word) => expect(featureWord(name)).toBe(word))

  it('has an amount’s digits', () => expect([digitsOf('7250.00'), digitsOf('7250'), digitsOf('1.234')]).toEqual([2, 0, 3]))
})
