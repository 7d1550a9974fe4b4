/** Amounts are decimal strings; they are grouped and compared as text, never as floating point. */

/** "1234567.50" → "1,234,567.50". */
export function grouped(amount: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(amount) ?? []
  if (!whole) return amount
  return sign.replace('-', '−') + whole.replace(/\B(?=(\d{3})+$)/g, ',') + fraction
}

export function count(value: number): string {
  return grouped(String(Math.trunc(value)))
}

function units(amount: string): { value: bigint; digits: number } {
  const [whole = '0', fraction = ''] = amount.split('.')
  return { value: BigInt(whole + fraction), digits: fraction.length }
}

function aligned(a: string, b: string): [bigint, bigint, number] {
  const left = units(a)
  const right = units(b)
  const digits = Math.max(left.digits, right.digits)
  return [
    left.value * 10n ** BigInt(digits - left.digits),
    right.value * 10n ** BigInt(digits - right.digits),
    digits,
  ]
}

function decimal(value: bigint, digits: number): string {
  const text = (value < 0n ? -value : value).toString().padStart(digits + 1, '0')
  const point = text.length - digits
  return (value < 0n ? '-' : '') + text.slice(0, point) + (digits ? '.' + text.slice(point) : '')
}

export function plus(a: string, b: string): string {
  const [left, right, digits] = aligned(a, b)
  return decimal(left + right, digits)
}

export function minus(a: string, b: string): string {
  const [left, right, digits] = aligned(a, b)
  return decimal(left - right, digits)
}

export function isZero(amount: string): boolean {
  return /^-?[0.]*$/.test(amount)
}

/** How much of a limit is used, 0 to 1, for the length of a bar only. */
export function share(used: string | number, limit: string | number): number {
  const part = Number(used)
  const whole = Number(limit)
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0
}
