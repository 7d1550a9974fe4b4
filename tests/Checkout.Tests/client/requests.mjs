import { assert, connect, headers, never, refused, stripe, url } from './stripe.mjs';

const body = { amount: 2000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, automatic_payment_methods: never };
const key = () => 'key-' + Math.random().toString(36).slice(2);

// The same key is the same answer, errors included.
const idempotencyKey = key();
const first = await stripe.paymentIntents.create(body, { idempotencyKey });
const second = await stripe.paymentIntents.create(body, { idempotencyKey });
assert.deepEqual(second, first);
assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
assert.equal(second.lastResponse.headers['stripe-should-retry'], 'false');
await refused(() => stripe.paymentIntents.create({ ...body, amount: 2001 }, { idempotencyKey }), { statusCode: 400, type: 'StripeIdempotencyError' });
const declineKey = key();
const decline = () => stripe.paymentIntents.create({ ...body, payment_method: 'pm_card_visa_chargeDeclined' }, { idempotencyKey: declineKey });
const one = await refused(decline, { statusCode: 402 });
const two = await refused(decline, { statusCode: 402 });
assert.equal(two.payment_intent.id, one.payment_intent.id);
assert.equal(two.headers['idempotent-replayed'], 'true');
const expandKey = key();
const expanded = await stripe.paymentIntents.create({ ...body, expand: ['latest_charge'] }, { idempotencyKey: expandKey });
assert.deepEqual(await stripe.paymentIntents.create({ ...body, expand: ['latest_charge'] }, { idempotencyKey: expandKey }), expanded);
const later = await stripe.paymentIntents.update(first.id, { metadata: { a: 'later' } });
assert.equal(later.metadata.a, 'later');
assert.deepEqual((await stripe.paymentIntents.create(body, { idempotencyKey })).metadata, {});

// A refused request is not kept: the key is free for the right one.
const fixKey = key();
await refused(() => stripe.paymentIntents.create({ ...body, amount: -1 }, { idempotencyKey: fixKey }), { statusCode: 400, param: 'amount' });
assert.equal((await stripe.paymentIntents.create(body, { idempotencyKey: fixKey })).status, 'succeeded');

// What came of a request that was executed is kept, refusals too: whatever changed since, the answer is the first one.
const fresh = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' });
const customer = await stripe.customers.create();
const held = await stripe.paymentIntents.create({ ...body, capture_method: 'manual' });
for (const [call, expected, then] of [
  [(options) => stripe.paymentIntents.confirm(fresh.id, {}, options), { statusCode: 400, code: 'payment_intent_unexpected_state' }, () => stripe.paymentIntents.update(fresh.id, { payment_method: 'pm_card_visa' })],
  [(options) => stripe.paymentIntents.capture(held.id, { amount_to_capture: 2001 }, options), { statusCode: 400, code: 'amount_too_large' }],
  [(options) => stripe.paymentIntents.create({ ...body, customer: 'cus_0000' }, options), { statusCode: 400, code: 'resource_missing', param: 'customer' }],
  [(options) => stripe.refunds.create({ payment_intent: first.id, amount: 2001 }, options), { statusCode: 400, param: 'amount' }],
  [(options) => stripe.customers.update('cus_0000', { name: 'x' }, options), { statusCode: 404, code: 'resource_missing' }],
  [(options) => stripe.payouts.create({ amount: 100, currency: 'sek' }, options), { statusCode: 400, code: 'balance_insufficient' }],
]) {
  const options = { idempotencyKey: key() };
  const was = await refused(() => call(options), expected);
  assert.deepEqual([was.headers['idempotent-replayed'], was.headers['stripe-should-retry']], [undefined, 'false']);
  await then?.();
  const is = await refused(() => call(options), expected);
  assert.deepEqual([is.headers['idempotent-replayed'], is.headers['stripe-should-retry'], is.message], ['true', 'false', was.message]);
  assert.deepEqual(is.raw.payment_intent, was.raw.payment_intent);
  assert.equal(is.raw.request_log_url, was.raw.request_log_url);
}
assert.equal((await stripe.paymentIntents.confirm(fresh.id, {}, { idempotencyKey: key() })).status, 'succeeded');

// A change that changes nothing has its answer kept too.
const idleKey = key();
const idle = await stripe.customers.update(customer.id, {}, { idempotencyKey: idleKey });
await stripe.customers.update(customer.id, { name: 'Later' });
assert.deepEqual(await stripe.customers.update(customer.id, {}, { idempotencyKey: idleKey }), idle);

// What cannot be shown is refused before anything is done.
for (const path of ['nothing', 'latest_charge.nothing', 'latest_charge.balance_transaction.nothing', 'customer.a.b.c.d']) {
  const unpaid = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method: 'pm_card_visa' });
  await refused(() => stripe.paymentIntents.confirm(unpaid.id, { expand: [path] }), { statusCode: 400, param: 'expand' });
  assert.equal((await stripe.paymentIntents.retrieve(unpaid.id)).status, 'requires_confirmation', path);
}

// Many at once with one key: one payment.
const raced = key();
const answers = await Promise.all(Array.from({ length: 4 }, () => connect('sk_test_sandbox_merchant', { maxNetworkRetries: 8 }).paymentIntents.create(body, { idempotencyKey: raced })));
assert.equal(new Set(answers.map((a) => a.id)).size, 1);

// Nothing is ignored.
for (const [parameter, value] of Object.entries({ application_fee_amount: 1, on_behalf_of: 'acct_1', transfer_data: { destination: 'acct_1' }, mandate: 'x', nonsense: '1' })) {
  const param = parameter === 'transfer_data' ? 'transfer_data[destination]' : parameter;
  await refused(() => stripe.paymentIntents.create({ ...body, [parameter]: value }), { statusCode: 400, code: 'parameter_unknown', param });
}
await refused(() => stripe.paymentIntents.create(body, { stripeAccount: 'acct_1' }), { statusCode: 400, code: 'parameter_unknown', param: 'Stripe-Account' });
await refused(() => stripe.paymentIntents.create(body, { stripeContext: 'acct_1' }), { statusCode: 400, code: 'parameter_unknown', param: 'Stripe-Context' });
await refused(() => stripe.paymentIntents.list({ nonsense: 1 }), { code: 'parameter_unknown', param: 'nonsense' });
await refused(() => stripe.paymentIntents.create({ currency: 'usd' }), { code: 'parameter_missing', param: 'amount' });
await refused(() => stripe.paymentIntents.create({ amount: 10, currency: 'usd' }), { code: 'amount_too_small', param: 'amount' });
await refused(() => stripe.paymentIntents.create({ amount: 100000000, currency: 'usd' }), { code: 'amount_too_large', param: 'amount' });
await refused(() => stripe.paymentIntents.create({ amount: 1000, currency: 'xyz' }), { statusCode: 400, param: 'currency' });
await refused(() => stripe.paymentIntents.create({ amount: 1000, currency: 'usd', customer: 'cus_x' }), { statusCode: 400, code: 'resource_missing', param: 'customer' });
await refused(() => stripe.paymentIntents.retrieve(first.id, { expand: ['nothing'] }), { statusCode: 400, param: 'expand' });
await refused(() => stripe.rawRequest('GET', '/v1/nothing'), { statusCode: 404, type: 'StripeInvalidRequestError' });

// Headers.
const { headers: answered } = first.lastResponse;
assert.match(answered['request-id'], /^req_/);
assert.equal(answered['stripe-version'], '2026-10-28.endive');
assert.equal((await stripe.balance.retrieve({}, { apiVersion: '2019-01-01' })).lastResponse.headers['stripe-version'], '2019-01-01');
await refused(() => stripe.balance.retrieve({}, { apiVersion: 'banana' }), { statusCode: 400 });
assert.ok(headers.every((h) => h['request-id']));

// Keys.
await refused(() => connect('sk_test_wrong').balance.retrieve(), { statusCode: 401, type: 'StripeAuthenticationError' });
await refused(() => connect('pk_test_sandbox_merchant').balance.retrieve(), { statusCode: 403, code: 'secret_key_required' });
await refused(() => connect('sk_test_sandbox_merchant2').paymentIntents.retrieve(first.id), { statusCode: 404, code: 'resource_missing' });
const basic = await fetch(url + '/v1/balance', { headers: { authorization: 'Basic ' + btoa('sk_test_sandbox_merchant:') } });
assert.equal(basic.status, 200);

// Card numbers: only at the token endpoint, only from a browser's key.
const card = { number: '4242 4242 4242 4242', exp_month: 12, exp_year: new Date().getFullYear() + 2, cvc: '123' };
const browser = connect('pk_test_sandbox_merchant');
const token = await browser.tokens.create({ card });
assert.deepEqual([token.card.last4, token.used], ['4242', false]);
const tokenPaid = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd', confirm: true, payment_method_data: { type: 'card', card: { token: token.id } }, automatic_payment_methods: never });
assert.equal(tokenPaid.status, 'succeeded');
await refused(() => stripe.paymentMethods.create({ type: 'card', card: { token: token.id } }), { code: 'token_already_used' });
await refused(() => stripe.tokens.create({ card }), { statusCode: 400, code: 'card_number_not_accepted' });
await refused(() => stripe.paymentMethods.create({ type: 'card', card }), { statusCode: 400, code: 'card_number_not_accepted', param: 'card[number]' });
const told = await refused(() => stripe.customers.create({ description: 'card 4242424242424242' }), { code: 'card_number_not_accepted', param: 'description' });
assert.ok(!JSON.stringify(told.raw).includes('4242424242424242'));
await refused(() => browser.tokens.create({ card: { ...card, number: '4242424242424241' } }), { code: 'incorrect_number', statusCode: 402 });
await refused(() => browser.tokens.create({ card: { ...card, exp_month: 13 } }), { code: 'invalid_expiry_month' });
await refused(() => browser.tokens.create({ card: { ...card, exp_year: 2001 } }), { code: 'invalid_expiry_year' });
await refused(() => browser.tokens.create({ card: { ...card, cvc: '12' } }), { code: 'invalid_cvc' });
const unknown = await browser.tokens.create({ card: { ...card, number: '4111111111111111' } });
await refused(() => stripe.paymentIntents.create({ amount: 1000, currency: 'usd', confirm: true, payment_method_data: { type: 'card', card: { token: unknown.id } } }), { code: 'card_declined', decline_code: 'testmode_decline' });

// A browser may see and confirm the one intent whose secret it has.
const shown = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
assert.equal((await browser.paymentIntents.retrieve(shown.id, { client_secret: shown.client_secret })).id, shown.id);
await refused(() => browser.paymentIntents.retrieve(shown.id, { client_secret: shown.client_secret + 'x' }), { statusCode: 404 });
await refused(() => browser.paymentIntents.retrieve(shown.id), { statusCode: 404 });
assert.equal((await browser.paymentIntents.confirm(shown.id, { client_secret: shown.client_secret, payment_method: 'pm_card_visa', return_url: 'https://shop.example' })).status, 'succeeded');
await refused(() => browser.paymentIntents.cancel(shown.id), { statusCode: 403 });
const preflight = await fetch(`${url}/v1/payment_intents/${shown.id}/confirm`, { method: 'OPTIONS', headers: { origin: 'https://shop.example' } });
assert.equal(preflight.headers.get('access-control-allow-origin'), '*');

// The SDK does not read an answer that it retries; its sockets would keep this process until they time out.
process.exit(0);
