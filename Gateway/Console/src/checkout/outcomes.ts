import type { Charge } from './objects'

/** One bar: how many of how many. */
export interface Bar {
  name: string
  part: number
  whole: number
}

/** How many charges of each brand went through, the most used brand first. */
export function byBrand(charges: Charge[]): Bar[] {
  const brands = new Map<string, Bar>()
  for (const charge of charges) {
    const name = charge.payment_method_details.card.brand
    const bar = brands.get(name) ?? { name, part: 0, whole: 0 }
    bar.whole++
    if (charge.status === 'succeeded') bar.part++
    brands.set(name, bar)
  }
  return [...brands.values()].sort((a, b) => b.whole - a.whole || a.name.localeCompare(b.name))
}

/** How often each reason turned a charge down, of all that were turned down, the most frequent first. */
export function byDecline(charges: Charge[]): Bar[] {
  const failed = charges.filter((charge) => charge.status === 'failed')
  const codes = new Map<string, number>()
  for (const charge of failed) {
    const code = charge.outcome?.reason ?? charge.failure_code ?? 'unknown'
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  return [...codes].map(([name, part]) => ({ name, part, whole: failed.length })).sort((a, b) => b.part - a.part || a.name.localeCompare(b.name))
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
}
