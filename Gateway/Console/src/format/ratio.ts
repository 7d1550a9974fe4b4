/** "0.985" → "98.50 %". A ratio that is not quite one never reads as 100 %. */
export function percent(ratio: string): string {
  const value = Number(ratio) * 100
  const text = value.toFixed(2)
  return `${text === '100.00' && value < 100 ? '99.99' : text} %`
}

/** The change against an earlier ratio in percentage points: "+0.40", "−1.25", "±0.00". */
export function points(now: string, before: string): string {
  const text = Math.abs((Number(now) - Number(before)) * 100).toFixed(2)
  if (text === '0.00') return '±0.00'
  return (Number(now) > Number(before) ? '+' : '−') + text
}
