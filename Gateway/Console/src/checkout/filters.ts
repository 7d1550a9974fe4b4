/** The filters of card payments, as they stand in the address. */
export const filterNames = ['status', 'customer', 'currency', 'more', 'from'] as const

export type Filters = Record<(typeof filterNames)[number], string>

export function readFilters(search: string): Filters {
  const parameters = new URLSearchParams(search)
  return Object.fromEntries(filterNames.map((name) => [name, parameters.get(name) ?? ''])) as Filters
}

/** The filters as a query of the search; without any, one that every payment meets. */
export function searchOf(filters: Filters): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '')}"`
  const clauses: string[] = []
  if (filters.status) clauses.push(`status:${quoted(filters.status)}`)
  if (filters.customer) clauses.push(`customer:${quoted(filters.customer)}`)
  if (filters.currency) clauses.push(`currency:${quoted(filters.currency.toLowerCase())}`)
  if (/^\d+$/.test(filters.more)) clauses.push(`amount>=${filters.more}`)
  const from = Date.parse(filters.from + (/^\d{4}-\d\d-\d\d$/.test(filters.from) ? 'T00:00Z' : ''))
  if (!Number.isNaN(from)) clauses.push(`created>=${Math.floor(from / 1_000)}`)
  return clauses.length > 0 ? clauses.join(' AND ') : 'created>0'
}
