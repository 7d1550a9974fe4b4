import { grouped } from '../format/amount'

/** What a feature's number counts: its name ends with the unit, or it is an amount in minor units, a yes or no, a plain count. */
const money = /^(amount$|sum|average|deviation|max|near_threshold_sum|incoming_sum|merchant_declined_median)/
const yesNo = /(_is_|^on_|_mismatch$)/

const words: Record<string, string> = { travel_metres: 'Travel, how far', travel_ms: 'Travel, how long' }

/** "count24_hours" → "Count 24 hours". */
export function featureWord(name: string): string {
  if (words[name]) return words[name]
  const text = name
    .replace(/_(ms|metres|milli)$/, '')
    .replace(/_/g, ' ')
    .replace(/([a-z])(\d)/g, '$1 $2')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A feature as a person reads it. `digits` is how many digits of an amount stand behind its point. */
export function featureValue(name: string, value: number | null, digits: number): string {
  if (value === null) return 'not known'
  if (money.test(name)) return grouped(shifted(value, digits))
  if (yesNo.test(name)) return value === 1 ? 'yes' : value === 0 ? 'no' : String(value)
  if (name.endsWith('_ms')) return duration(value)
  if (name.endsWith('_metres')) return value < 10_000 ? `${grouped(String(value))} m` : `${grouped(String(Math.round(value / 1_000)))} km`
  if (name.endsWith('_milli')) return grouped(shifted(value, 3))
  return grouped(String(value))
}

/** Whole minor units as a decimal text. */
function shifted(value: number, digits: number): string {
  const text = String(Math.abs(value)).padStart(digits + 1, '0')
  const point = text.length - digits
  return (value < 0 ? '-' : '') + text.slice(0, point) + (digits ? '.' + text.slice(point) : '')
}

/** "8 ms", "1.5 s", "2 min 5 s", "3 h 10 min", "7 d 0 h". */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  const seconds = ms / 1_000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** How many digits stand behind the point of an amount: "7250.00" has 2. */
export function digitsOf(amount: string): number {
  const point = amount.indexOf('.')
  return point < 0 ? 0 : amount.length - point - 1
}
