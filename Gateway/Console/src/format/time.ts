/** Times are shown in UTC, as the API, the logs and the other bank write them. */

/** "2026-11-21T14:03:07.123Z" → "14:03:07.123". */
export function clock(time: string): string {
  return time.slice(11, 23).replace('Z', '')
}

export function day(time: string): string {
  return time.slice(0, 10)
}

/** "2026-11-21 14:03:07.123". */
export function stamp(time: string): string {
  return `${day(time)} ${clock(time)}`
}

/** The time between two moments: "0 ms", "12 ms", "1.234 s", "2 min 5 s", "3 h 10 min", "4 d 2 h". */
export function between(earlier: string, later: string): string {
  const ms = Date.parse(later) - Date.parse(earlier)
  if (ms < 1_000) return `${ms} ms`
  const seconds = ms / 1_000
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 3 : 1)} s`
  const whole = Math.floor(seconds)
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  if (whole < 86_400) return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3_600)} h`
}

export function shifted(time: string, seconds: number): string {
  return new Date(Date.parse(time) + seconds * 1_000).toISOString()
}
