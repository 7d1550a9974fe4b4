import { assert, challenge, eventsOf, refused, stripe, url } from './stripe.mjs';

const item = (name, unit_amount, quantity = 1, currency = 'usd') => ({ price_data: { currency, unit_amount, product_data: { name } }, quantity });
const open = (more = {}) => stripe.checkout.sessions.create({
  mode: 'payment', success_url: 'https://shop.example/done?session={CHECKOUT_SESSION_ID}', cancel_url: 'https://shop.example/cart', line_items: [item('A book', 1250, 2), item('A pen', 300)], ...more,
});
// What the hosted page does, once the card is a token.
const pay = async (session, token) => {
  const answer = await fetch(session.url + '/pay', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ token, email: 'ada@shop.example' }) });
  return { status: answer.status, body: await answer.json() };
};

const session = await open({ client_reference_id: 'order-1', customer_email: 'ada@shop.example', metadata: { order: '1' }, payment_intent_data: { description: 'Order 1', metadata: { of: 'order-1' } }, expand: ['line_items'] });
assert.deepEqual([session.status, session.payment_status, session.amount_total, session.currency, session.payment_intent, session.ui_mode], ['open', 'unpaid', 2800, 'usd', null, 'hosted_page']);
assert.ok(session.url.startsWith(url + '/checkout/cs_test_') && session.expires_at - session.created === 86400);
assert.deepEqual(session.line_items.data.map((line) => [line.description, line.quantity, line.amount_total, line.price.unit_amount]), [['A book', 2, 2500, 1250], ['A pen', 1, 300, 300]]);
const lines = await stripe.checkout.sessions.listLineItems(session.id, { limit: 1 });
assert.deepEqual([lines.data.length, lines.has_more], [1, true]);
assert.equal((await stripe.checkout.sessions.listLineItems(session.id, { starting_after: lines.data[0].id })).data[0].description, 'A pen');
assert.ok((await (await fetch(session.url)).text()).includes('/checkout.js'));
const page = await (await fetch(session.url + '/session')).json();
assert.deepEqual([page.total, page.items[0].amount, page.successUrl], ['28.00 USD', '25.00 USD', `https://shop.example/done?session=${session.id}`]);

// A decline leaves it open, with the same payment.
const declined = await pay(session, 'tok_visa_chargeDeclined');
assert.deepEqual([declined.status, declined.body.error.code, declined.body.error.payment_intent.metadata], [402, 'card_declined', undefined]);
const tried = await stripe.checkout.sessions.retrieve(session.id);
assert.equal(tried.status, 'open');
await refused(() => stripe.paymentIntents.cancel(tried.payment_intent), { statusCode: 400 });
const paid = await pay(session, 'tok_visa');
assert.deepEqual([paid.status, paid.body.status, paid.body.id, paid.body.metadata], [200, 'succeeded', tried.payment_intent, undefined]);
const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] });
assert.deepEqual([done.status, done.payment_status, done.url, done.customer_details.email], ['complete', 'paid', null, 'ada@shop.example']);
assert.deepEqual([done.payment_intent.amount, done.payment_intent.description, done.payment_intent.metadata.of, done.payment_intent.latest_charge.billing_details.email], [2800, 'Order 1', 'order-1', 'ada@shop.example']);
assert.deepEqual(await eventsOf(session.id), ['checkout.session.completed']);
assert.equal((await pay(session, 'tok_visa')).status, 400);
assert.equal((await stripe.checkout.sessions.list({ payment_intent: tried.payment_intent })).data[0].id, session.id);
assert.equal((await stripe.checkout.sessions.update(session.id, { metadata: { order: '2' } })).metadata.order, '2');
await refused(() => stripe.checkout.sessions.expire(session.id), { statusCode: 400 });

// A challenge on the way, for a customer, with the card kept, and captured by hand.
const customer = await stripe.customers.create({ email: 'grace@shop.example', name: 'Grace' });
const held = await open({ customer: customer.id, payment_intent_data: { capture_method: 'manual', setup_future_usage: 'off_session' } });
assert.equal(held.customer_details.email, 'grace@shop.example');
const asked = await pay(held, 'tok_threeDSecure2Required');
assert.equal(asked.body.status, 'requires_action');
await challenge(asked.body, 'pass');
const waits = await stripe.checkout.sessions.retrieve(held.id);
assert.deepEqual([waits.status, waits.payment_status], ['complete', 'unpaid']);
await stripe.paymentIntents.capture(waits.payment_intent);
assert.equal((await stripe.checkout.sessions.retrieve(held.id)).payment_status, 'paid');
assert.equal((await stripe.customers.listPaymentMethods(customer.id)).data.length, 1);

// Captured in part, and the rest released: what was taken is paid. All released: it stays unpaid.
for (const [parts, status] of [[[700], 'paid'], [[], 'unpaid']]) {
  const opened = await open({ payment_intent_data: { capture_method: 'manual' }, payment_method_options: { card: { request_multicapture: 'if_available' } } });
  await pay(opened, 'tok_visa');
  const complete = await stripe.checkout.sessions.retrieve(opened.id);
  assert.deepEqual([complete.status, complete.payment_status], ['complete', 'unpaid']);
  for (const amount of parts) await stripe.paymentIntents.capture(complete.payment_intent, { amount_to_capture: amount, final_capture: false });
  const over = await stripe.paymentIntents.cancel(complete.payment_intent);
  assert.deepEqual([over.status, over.amount_received], [parts.length ? 'succeeded' : 'canceled', parts.length ? 700 : 0]);
  assert.deepEqual([(await stripe.checkout.sessions.retrieve(opened.id)).status, (await stripe.checkout.sessions.retrieve(opened.id)).payment_status], ['complete', status]);
  assert.deepEqual(await eventsOf(opened.id), ['checkout.session.completed']);
}

// Ended by the merchant, and by time.
const unwanted = await open();
await pay(unwanted, 'tok_visa_chargeDeclined');
const ended = await stripe.checkout.sessions.expire(unwanted.id, { expand: ['payment_intent'] });
assert.deepEqual([ended.status, ended.url, ended.payment_intent.status], ['expired', null, 'canceled']);
assert.deepEqual(await eventsOf(unwanted.id), ['checkout.session.expired']);
assert.equal((await pay(unwanted, 'tok_visa')).status, 400);
const short = await open({ expires_at: Math.floor(Date.parse((await (await fetch(url + '/sandbox/clock/advance', { method: 'POST', headers: { authorization: 'Bearer sk_test_sandbox_merchant', 'content-type': 'application/json' }, body: '{"seconds":1}' })).json()).now) / 1000) + 1860 });
await fetch(url + '/sandbox/clock/advance', { method: 'POST', headers: { authorization: 'Bearer sk_test_sandbox_merchant', 'content-type': 'application/json' }, body: '{"seconds":1861}' });
for (let i = 0; (await stripe.checkout.sessions.retrieve(short.id)).status === 'open' && i < 200; i++) await new Promise((resolve) => setTimeout(resolve, 50));
assert.equal((await stripe.checkout.sessions.retrieve(short.id)).status, 'expired');
assert.deepEqual((await stripe.checkout.sessions.list({ status: 'expired' })).data.map((one) => one.id), [short.id, unwanted.id]);

for (const [more, param] of [
  [{ mode: 'subscription' }, 'mode'], [{ success_url: undefined }, 'success_url'], [{ line_items: undefined }, 'line_items'], [{ allow_promotion_codes: true }, 'allow_promotion_codes'],
  [{ line_items: [item('a', 1000), item('b', 1000, 1, 'eur')] }, 'line_items[1][price_data][currency]'], [{ line_items: [{ price: 'price_1', quantity: 1 }] }, 'line_items[0][price_data]'],
  [{ line_items: [item('a', 10)] }, 'amount'], [{ expires_at: 1 }, 'expires_at'], [{ payment_intent_data: { application_fee_amount: 1 } }, 'payment_intent_data[application_fee_amount]'],
  [{ customer: customer.id, customer_email: 'x@y.example' }, 'customer'],
])
  await refused(() => open(more), { statusCode: 400, param });
