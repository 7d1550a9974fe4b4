import { grouped } from './amount'

// Where Stripe's wire counts otherwise than ISO 4217.
const wireDigits: Record<string, number> = { isk: 2, ugx: 2, mga: 0 }

/** How many digits of the wire's amounts stand behind the point: 2 for USD, 0 for JPY, 3 for KWD. */
function digitsOf(currency: string): number {
  const digits = wireDigits[currency.toLowerCase()]
  if (digits !== undefined) return digits
  return new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() }).resolvedOptions().maximumFractionDigits ?? 2
}

/** Minor units as a decimal text: 1234, "usd" → "12.34". */
export function decimalOf(minor: number, currency: string): string {
  const digits = digitsOf(currency)
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const point = text.length - digits
  return (minor < 0 ? '-' : '') + text.slice(0, point) + (digits ? '.' + text.slice(point) : '')
}

/** A decimal text as minor units; null where it is none, or has digits that the currency has not. */
export function minorOf(text: string, currency: string): number | null {
  const digits = digitsOf(currency)
  const [, whole, fraction = ''] = /^(\d{1,10})(?:\.(\d+))?$/.exec(text.trim()) ?? []
  if (whole === undefined || fraction.length > digits) return null
  return Number(whole + fraction.padEnd(digits, '0'))
}

/** "1,234.50 USD". */
export function money(minor: number, currency: string): string {
  return `${grouped(decimalOf(minor, currency))} ${currency.toUpperCase()}`
}

/** Seconds since 1970 as the console writes times. */
export function atSecond(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ')
}
