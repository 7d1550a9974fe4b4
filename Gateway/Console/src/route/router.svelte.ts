/** Every view is an address under /console/; the browser's history is the only navigation state. */

const base = '/console'

export type Route =
  | { view: 'now' }
  | { view: 'payments' }
  | { view: 'payment'; id: string }
  | { view: 'accounts' }
  | { view: 'account'; id: string }
  | { view: 'events' }
  | { view: 'search' }
  | { view: 'checkout' }
  | { view: 'intent'; id: string }
  | { view: 'requests' }
  | { view: 'request'; id: string }
  | { view: 'webhooks' }
  | { view: 'delivery'; id: string }
  | { view: 'fraud' }
  | { view: 'case'; id: string }
  | { view: 'alerts' }
  | { view: 'alert'; id: string }
  | { view: 'board' }
  | { view: 'rules' }
  | { view: 'rule'; id: string }
  | { view: 'models' }
  | { view: 'model'; id: string }
  | { view: 'missing' }

/** The views below /console/fraud. */
export const forAnalysts: Route['view'][] = ['fraud', 'case', 'alerts', 'alert', 'board', 'rules', 'rule', 'models', 'model']

export function parse(pathname: string): Route {
  const [view, id, ...rest] = pathname.slice(base.length).split('/').filter(Boolean).map(decodeURIComponent)
  if (view === 'fraud') return parseFraud(id, rest)
  if (rest.length > 0) return { view: 'missing' }
  if (!view) return { view: 'now' }
  if (view === 'payments') return id ? { view: 'payment', id } : { view: 'payments' }
  if (view === 'accounts') return id ? { view: 'account', id } : { view: 'accounts' }
  if (view === 'checkout') return id ? { view: 'intent', id } : { view: 'checkout' }
  if (view === 'requests') return id ? { view: 'request', id } : { view: 'requests' }
  if (view === 'webhooks') return id ? { view: 'delivery', id } : { view: 'webhooks' }
  if ((view === 'events' || view === 'search') && !id) return { view }
  return { view: 'missing' }
}

function parseFraud(page: string | undefined, [id, ...rest]: string[]): Route {
  if (rest.length > 0) return { view: 'missing' }
  if (page === 'cases') return id ? { view: 'case', id } : { view: 'fraud' }
  if (page === 'alerts') return id ? { view: 'alert', id } : { view: 'alerts' }
  if (page === 'rules') return id ? { view: 'rule', id } : { view: 'rules' }
  if (page === 'models') return id ? { view: 'model', id } : { view: 'models' }
  if (!page) return { view: 'fraud' }
  if (page === 'live' && !id) return { view: 'board' }
  return { view: 'missing' }
}

export const location = $state({ route: parse(window.location.pathname), search: window.location.search })

function read() {
  location.route = parse(window.location.pathname)
  location.search = window.location.search
}

export function go(href: string, replace = false): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', href)
  const samePage = parse(window.location.pathname).view === location.route.view
  read()
  if (!samePage && !replace) window.scrollTo(0, 0)
}

/** Plain links stay plain links; a click that the browser would follow in this tab is followed without a reload. */
function follow(event: MouseEvent) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const anchor = (event.target as Element | null)?.closest?.('a')
  if (!anchor || anchor.getAttribute('target')) return
  const href = anchor.getAttribute('href')
  if (!href || (href !== base && !href.startsWith(base + '/') && !href.startsWith(base + '?'))) return
  event.preventDefault()
  go(href)
}

export function startRouter(): void {
  window.addEventListener('popstate', read)
  document.addEventListener('click', follow)
}

export const href = {
  now: () => `${base}/`,
  payments: (filters: Record<string, string> = {}) => withQuery(`${base}/payments`, filters),
  payment: (id: string) => `${base}/payments/${encodeURIComponent(id)}`,
  accounts: () => `${base}/accounts`,
  account: (id: string) => `${base}/accounts/${encodeURIComponent(id)}`,
  events: (filters: Record<string, string> = {}) => withQuery(`${base}/events`, filters),
  checkout: (filters: Record<string, string> = {}) => withQuery(`${base}/checkout`, filters),
  intent: (id: string) => `${base}/checkout/${encodeURIComponent(id)}`,
  requests: (filters: Record<string, string> = {}) => withQuery(`${base}/requests`, filters),
  request: (id: string) => `${base}/requests/${encodeURIComponent(id)}`,
  webhooks: (filters: Record<string, string> = {}) => withQuery(`${base}/webhooks`, filters),
  delivery: (id: string) => `${base}/webhooks/${encodeURIComponent(id)}`,
  fraud: (filters: Record<string, string> = {}) => withQuery(`${base}/fraud`, filters),
  case: (id: string) => `${base}/fraud/cases/${encodeURIComponent(id)}`,
  alerts: (filters: Record<string, string> = {}) => withQuery(`${base}/fraud/alerts`, filters),
  alert: (id: string) => `${base}/fraud/alerts/${encodeURIComponent(id)}`,
  board: () => `${base}/fraud/live`,
  rules: () => `${base}/fraud/rules`,
  rule: (name: string) => `${base}/fraud/rules/${encodeURIComponent(name)}`,
  models: () => `${base}/fraud/models`,
  model: (version: string) => `${base}/fraud/models/${encodeURIComponent(version)}`,
  search: (q: string) => withQuery(`${base}/search`, { q }),
}

function withQuery(path: string, filters: Record<string, string>): string {
  const text = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== '')).toString()
  return text ? `${path}?${text}` : path
}
