/** The filters of the payments list, as they stand in the address and go to the API. */
export const filterNames = [
  'status',
  'account',
  'debtorAccount',
  'creditorAccount',
  'minAmount',
  'maxAmount',
  'createdFrom',
  'createdTo',
  'endToEndId',
  'uetr',
  'idempotencyKey',
] as const

export type FilterName = (typeof filterNames)[number]
export type Filters = Record<FilterName, string>

export function readFilters(search: string): Filters {
  const parameters = new URLSearchParams(search)
  return Object.fromEntries(filterNames.map((name) => [name, parameters.get(name) ?? ''])) as Filters
}

/** "2026-11-21 14:03" and the like, as people type them, in UTC. What is not understood goes to the server, which says why. */
export function completeTime(text: string): string {
  const [, day, minute, second] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?)?$/.exec(text.trim()) ?? []
  return day ? `${day}T${minute ?? '00:00'}${second ?? ':00'}Z` : text.trim()
}
