// A pretend server for `npm run dev` and for looking at the pages: it keeps everything in memory, decides nothing right,
// and speaks just enough of the public surface. The product never runs it.
//
//   node dev/mock.mjs [--port 8080] [--rate 12] [--state FILE]     (serves dist/ under /console/ when it is built)
//
// --rate is background payments a second; --state is written at SIGTERM and read at start, so that a restart goes on.
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : process.argv[at + 1]
}
const port = Number(option('port', 8080))
const rate = Number(option('rate', 12))
const stateFile = option('state', null)
const dist = fileURLToPath(new URL('../dist/', import.meta.url))

const state = { offsetMs: 0, accounts: {}, payments: [], keys: {}, entries: {}, events: [] }
if (stateFile && existsSync(stateFile)) Object.assign(state, JSON.parse(readFileSync(stateFile, 'utf8')))
const streams = new Set()

const now = () => new Date(Date.now() + state.offsetMs).toISOString()
const id = (prefix) => `${prefix}_` + BigInt('0x' + randomBytes(16).toString('hex')).toString(32).padStart(26, '0').slice(-26)
const cents = (amount) => BigInt(amount.replace('.', ''))
const decimal = (value) => `${value < 0n ? '-' : ''}${String(value < 0n ? -value : value).padStart(3, '0').replace(/(..)$/, '.$1')}`

function open(account, name, posted, limits = null) {
  if (state.accounts[account]) return
  state.accounts[account] = { id: account, name, status: 'open', posted: posted.replace('.', ''), limits }
  state.entries[account] = [{ id: id('ent'), paymentId: null, type: 'funding', direction: 'credit', amount: posted, balanceAfter: posted, postedAt: now() }]
  append('account.opened', account, accountJson(account))
}

function append(type, subject, data) {
  const event = { specversion: '1.0', id: id('evt'), source: '/shards/0', type, subject, time: now(), position: String(state.events.length + 1), version: 1, data }
  state.events.push(event)
  for (const stream of streams) stream(event)
}

function accountJson(account) {
  const it = state.accounts[account]
  const posted = decimal(BigInt(it.posted))
  return { id: it.id, currency: 'USD', status: it.status, name: it.name, balance: { posted, pendingDebits: '0.00', pendingCredits: '0.00', available: posted }, limits: it.limits ?? {} }
}

const reasons = {
  AM04: ['InsufficientFunds', 'later', 'The debtor account’s available funds do not cover the amount.'],
  AC06: ['BlockedAccount', 'later', 'The debtor account is frozen.'],
  AM14: ['AmountExceedsAgreedLimit', 'later', '60 of 60 payments a minute are used; the next is possible in 12 s.'],
}

function submit(request, key, returnOf = null) {
  if (state.keys[key]) return state.payments[state.keys[key] - 1]
  const debtor = state.accounts[request.debtorAccount]
  const creditor = state.accounts[request.creditorAccount]
  const amount = cents(request.amount)
  const code = debtor.status === 'frozen' ? 'AC06' : BigInt(debtor.posted) < amount ? 'AM04' : Math.random() < 0.012 ? 'AM14' : null
  const at = now()
  const paymentId = id('pay')
  const payment = {
    id: paymentId, status: code ? 'rejected' : 'settled', isoStatus: code ? 'RJCT' : 'ACSC', amount: request.amount, currency: 'USD',
    debtorAccount: debtor.id, creditorAccount: creditor.id, remittanceInfo: request.remittanceInfo ?? null, endToEndId: request.endToEndId ?? paymentId,
    uetr: randomUUID(), reason: code && { code, name: reasons[code][0], detail: reasons[code][2], retry: reasons[code][1] },
    amountReturned: '0.00', returns: [], returnOf, createdAt: at, settledAt: code ? null : at,
  }
  if (!code) {
    for (const [account, direction, signed] of [[debtor, 'debit', -amount], [creditor, 'credit', amount]]) {
      account.posted = String(BigInt(account.posted) + signed)
      state.entries[account.id].push({ id: id('ent'), paymentId, type: returnOf ? 'return' : 'payment', direction, amount: request.amount, balanceAfter: decimal(BigInt(account.posted)), postedAt: at })
    }
  }
  payment.legs = code ? [] : [
    { account: debtor.id, direction: 'debit', amount: request.amount, balanceAfter: decimal(BigInt(debtor.posted)) },
    { account: creditor.id, direction: 'credit', amount: request.amount, balanceAfter: decimal(BigInt(creditor.posted)) },
  ]
  state.payments.push(payment)
  state.keys[key] = state.payments.length
  append(code ? 'payment.rejected' : 'payment.settled', paymentId, paymentJson(payment))
  return payment
}

const paymentJson = ({ legs: _, ...payment }) => payment

function journey(payment) {
  const later = (ms) => new Date(Date.parse(payment.createdAt) + ms).toISOString()
  const steps = [
    { at: payment.createdAt, type: 'payment.received', title: 'Received', detail: `Submitted over HTTP${payment.remittanceInfo ? ` with “${payment.remittanceInfo}”` : ''}, end-to-end id ${payment.endToEndId}.` },
    payment.reason
      ? { at: later(1), type: 'payment.rejected', title: `Rejected: ${payment.reason.code}`, detail: payment.reason.detail }
      : { at: later(1), type: 'payment.settled', title: 'Settled', detail: 'Decided by the debtor’s grain and committed to the ledger in one transaction.', legs: payment.legs },
    { at: later(4), type: 'payment.answered', title: 'Answered', detail: 'After the commit was durable.' },
  ]
  for (const one of payment.returns) {
    const back = state.payments.find((candidate) => candidate.id === one)
    steps.push({ at: back.createdAt, type: 'payment.returned', title: `Returned ${back.amount} USD`, detail: `By payment ${one}.`, legs: back.legs })
  }
  return { paymentId: payment.id, status: payment.status, steps }
}

function overview() {
  const time = now()
  const perSecond = new Map()
  let settled = 0
  for (const payment of state.payments) {
    if (payment.status === 'settled') settled++
    const second = payment.createdAt.slice(0, 19) + 'Z'
    const counted = perSecond.get(second) ?? { time: second, settled: 0, rejected: 0 }
    counted[payment.status]++
    perSecond.set(second, counted)
  }
  const seconds = [...perSecond.values()].sort((a, b) => (a.time < b.time ? -1 : 1))
  const last = perSecond.get(new Date(Date.parse(time) - 1000).toISOString().slice(0, 19) + 'Z')
  const total = state.payments.length
  const position = String(state.events.length)
  return {
    time, position, positions: { '/shards/0': position }, paymentsTotal: total, settledTotal: settled, rejectedTotal: total - settled,
    paymentsPerSecond: (last?.settled ?? 0) + (last?.rejected ?? 0), successRatio: total ? (settled / total).toFixed(4) : null, successRatioHourBefore: '0.9790',
    latencyMs: total ? { p50: (1.1 + Math.random() / 3).toFixed(1), p99: (3.4 + Math.random()).toFixed(1) } : null,
    queueDepth: Math.floor(Math.random() * rate * 4), queueLimit: 10000,
    attention: Object.values(state.accounts).filter((it) => it.status === 'frozen').map((it) => ({ kind: 'account_frozen', text: `Account ${it.id} is frozen`, href: `/console/accounts/${it.id}` })),
    seconds,
  }
}

function sse(answer) {
  answer.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  answer.write('retry: 2000\n\n')
}

function filtered(list, search, fields) {
  return list.filter((it) => fields.every((name) => !search.get(name) || it[name] === search.get(name)))
}

function page(list, search) {
  const limit = Number(search.get('limit') ?? 50)
  const from = Number(search.get('after') ?? 0)
  return { data: list.slice(from, from + limit), hasMore: from + limit < list.length, next: String(from + limit) }
}

const problem = (status, title, detail, errors = {}) => ({ status, body: { type: '/problems/x', title, status, detail, code: 'x', errors, traceId: 'mock' } })

async function body(request) {
  let text = ''
  for await (const piece of request) text += piece
  return text ? JSON.parse(text) : {}
}

async function route(request, url, answer) {
  const path = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  const search = url.searchParams
  const [root, name, action] = path
  const posted = request.method === 'POST' ? await body(request) : null
  if (root === 'payments' && posted) {
    if (name === 'batch') return { status: 200, body: posted.map((item) => ({ idempotencyKey: item.idempotencyKey, status: 201, payment: paymentJson(submit(item, item.idempotencyKey)) })) }
    const key = request.headers['idempotency-key'] ?? randomUUID()
    if (!name) return { status: 201, body: paymentJson(submit(posted, key)) }
    const original = state.payments.find((it) => it.id === name)
    if (action === 'return') {
      if (cents(posted.amount) > cents(original.amount) - cents(original.amountReturned)) return problem(422, 'More than is left', 'More than what is left of the original would go back.', { amount: ['is above what is left'] })
      const back = submit({ amount: posted.amount, debtorAccount: original.creditorAccount, creditorAccount: original.debtorAccount }, key, original.id)
      original.amountReturned = decimal(cents(original.amountReturned) + cents(posted.amount))
      original.returns.push(back.id)
      append('payment.returned', original.id, paymentJson(original))
      return { status: 201, body: paymentJson(back) }
    }
  }
  if (root === 'payments') {
    if (name) {
      const payment = state.payments.find((it) => it.id === name)
      if (!payment) return problem(404, 'Not found', 'There is no such payment.')
      return { status: 200, body: action === 'journey' ? journey(payment) : paymentJson(payment) }
    }
    let list = filtered([...state.payments].reverse(), search, ['status', 'debtorAccount', 'creditorAccount', 'endToEndId', 'uetr'])
    const account = search.get('account')
    if (account) list = list.filter((it) => it.debtorAccount === account || it.creditorAccount === account)
    if (search.get('idempotencyKey')) list = list.filter((it) => it === state.payments[state.keys[search.get('idempotencyKey')] - 1])
    const units = (text) => cents(text.includes('.') ? text : text + '.00')
    if (search.get('minAmount')) list = list.filter((it) => cents(it.amount) >= units(search.get('minAmount')))
    if (search.get('maxAmount')) list = list.filter((it) => cents(it.amount) <= units(search.get('maxAmount')))
    if (search.get('createdFrom')) list = list.filter((it) => it.createdAt >= search.get('createdFrom'))
    if (search.get('createdTo')) list = list.filter((it) => it.createdAt < search.get('createdTo'))
    return { status: 200, body: page(list.map(paymentJson), search) }
  }
  if (root === 'accounts') {
    if (!name) return { status: 200, body: page(Object.keys(state.accounts).map(accountJson), search) }
    const account = state.accounts[name]
    if (!account) return problem(404, 'Not found', 'There is no such account.')
    if (action === 'entries') return { status: 200, body: page([...state.entries[name]].reverse(), search) }
    if (posted && action === 'close' && account.posted !== '0') return problem(422, 'Not empty', 'Only an account at zero, without holds or transfers in flight, can be closed.')
    if (posted) {
      account.status = { freeze: 'frozen', unfreeze: 'open', close: 'closed' }[action]
      append(`account.${{ freeze: 'frozen', unfreeze: 'unfrozen', close: 'closed' }[action]}`, name, accountJson(name))
    }
    return { status: 200, body: accountJson(name) }
  }
  if (root === 'sandbox' && name === 'clock') {
    state.offsetMs += posted.seconds * 1000
    return { status: 200, body: { now: now() } }
  }
  if (root === 'events' && name === 'stream') return liveEvents(request, search, answer)
  if (root === 'events') {
    const list = filtered(state.events, search, ['type', 'subject']).filter((it) => Number(it.position) > Number(search.get('after') ?? 0))
    const data = list.slice(0, Number(search.get('limit') ?? 50))
    return { status: 200, body: { data, hasMore: data.length < list.length, next: data.at(-1)?.position ?? search.get('after') ?? '0' } }
  }
  if (url.pathname === '/console/session') {
    if (posted) return posted.key.startsWith('sk_') ? { status: 204, cookie: 'console=in; HttpOnly; SameSite=Strict; Path=/' } : problem(401, 'Not signed in', 'There is no such key.')
    return /console=out/.test(request.headers.cookie ?? '') ? problem(401, 'Not signed in', 'Sign in with a key.') : { status: 200, body: { name: 'Sandbox bank', sandbox: true } }
  }
  if (url.pathname === '/console/now/stream') return liveOverview(request, answer)
  return problem(404, 'Not found', 'There is no such resource.')
}

function liveEvents(request, search, answer) {
  sse(answer)
  const send = (event) => answer.write(`id: ${event.position}\ndata: ${JSON.stringify(event)}\n\n`)
  const after = Number(request.headers['last-event-id'] ?? search.get('after') ?? state.events.length)
  state.events.slice(after).forEach(send)
  streams.add(send)
  const ping = setInterval(() => answer.write(': ping\n\n'), 15000)
  answer.on('close', () => (streams.delete(send), clearInterval(ping)))
}

function liveOverview(request, answer) {
  sse(answer)
  const send = (more) => {
    const told = overview()
    answer.write(`data: ${JSON.stringify({ ...told, seconds: told.seconds.slice(-3), ...(more ? { history: told.seconds.slice(-600), eventsAfter: String(Math.max(0, state.events.length - 200)) } : {}) })}\n\n`)
  }
  send(true)
  const tick = setInterval(() => send(false), 1000)
  answer.on('close', () => clearInterval(tick))
}

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

function asset(url, answer) {
  const file = join(dist, normalize(url.pathname.replace(/^\/console\/?/, '')))
  const found = extname(file) && file.startsWith(dist) && existsSync(file) ? file : join(dist, 'index.html')
  const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
  answer.writeHead(200, { 'Content-Type': types[extname(found)] ?? 'application/octet-stream', 'Content-Security-Policy': csp })
  answer.end(readFileSync(found))
}

const server = createServer(async (request, answer) => {
  const url = new URL(request.url, 'http://mock')
  if (url.pathname.startsWith('/console') && !/^\/console\/(session|now\/)/.test(url.pathname)) return asset(url, answer)
  try {
    const result = await route(request, url, answer)
    if (!result) return
    answer.writeHead(result.status, { 'Content-Type': 'application/json', ...(result.cookie ? { 'Set-Cookie': result.cookie } : {}) })
    answer.end(result.body ? JSON.stringify(result.body) : undefined)
  } catch (failure) {
    console.error(failure)
    answer.writeHead(500, { 'Content-Type': 'application/problem+json' })
    answer.end(JSON.stringify(problem(500, 'The mock broke', String(failure)).body))
  }
})

open('123456789', 'Acme Treasury', '1000000.00', {
  perPayment: '100000.00',
  perMinute: { count: 600, amount: '500000.00', used: { count: 212, amount: '31800.00' }, resetsAt: now() },
  perDay: { amount: '2000000.00', used: { amount: '1741200.50' }, resetsAt: now() },
})
open('987654321', 'Northwind Supplies', '0.00')
for (let index = 1; index <= 60; index++) open(`sandbox_${String(index).padStart(4, '0')}`, `Sandbox customer ${index}`, '10000.00')

const what = ['Invoice', 'Rent', 'Payroll', 'Refund', 'Order', 'Subscription']
if (rate > 0) {
  const pick = () => `sandbox_${String(1 + Math.floor(Math.random() * 60)).padStart(4, '0')}`
  const one = () => submit({ amount: (Math.floor(Math.exp(Math.random() * 8) * 7) / 100 + 0.5).toFixed(2), debtorAccount: pick(), creditorAccount: pick(), remittanceInfo: `${what[Math.floor(Math.random() * what.length)]} ${Math.floor(Math.random() * 90000) + 10000}` }, randomUUID())
  const beat = () => {
    one()
    setTimeout(beat, (1000 / rate) * -Math.log(1 - Math.random()))
  }
  beat()
}

process.on('SIGTERM', () => {
  if (stateFile) writeFileSync(stateFile, JSON.stringify(state))
  process.exit(0)
})
server.listen(port, '127.0.0.1', () => console.log(`pretend server on http://127.0.0.1:${port}/console/`))
