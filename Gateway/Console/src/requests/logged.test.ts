import { expect, test } from 'vitest'
import { again, milliseconds, obstacle, pretty, redacted, type LoggedRequest } from './logged'

const request = (method: string, parameters: [string, string][]) =>
  ({ method, path: '/v1/customers', apiVersion: '2024-04-10', parameters: parameters.map(([name, value]) => ({ name, value })) }) as unknown as LoggedRequest

test('a read is sent again with its query, a write with its form', () => {
  expect(again(request('GET', [['limit', '3'], ['email', 'a+b@c.d']]))).toEqual({ path: '/v1/customers?limit=3&email=a%2Bb%40c.d', init: { method: 'GET', headers: { 'Stripe-Version': '2024-04-10' } } })
  expect(again(request('GET', [])).path).toBe('/v1/customers')
  const { path, init } = again(request('POST', [['name', 'Ada L'], ['metadata[a]', 'x&y']]))
  expect([path, init.method, init.body]).toEqual(['/v1/customers', 'POST', 'name=Ada+L&metadata%5Ba%5D=x%26y'])
})

test('only what was kept whole is sent again', () => {
  expect(obstacle(request('POST', [['name', 'Ada']]))).toBe('')
  expect(obstacle(request('POST', [['card[number]', redacted]]))).toContain('redacted')
  expect(obstacle({ ...request('GET', []), path: redacted })).toContain('redacted')
  expect(obstacle({ ...request('POST', [['description', 'x'.repeat(20_000)]]), cut: true })).toContain('too long')
})

test('what is no JSON is shown as it is', () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}')
  expect(pretty('<html>')).toBe('<html>')
  expect([milliseconds(1234), milliseconds(123456)]).toEqual(['1.23 ms', '123 ms'])
})
