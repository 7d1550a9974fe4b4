import { assert, eventsOf, never, refused, stripe, url } from './stripe.mjs';

// Analysts watch a card: what is paid with it goes through, and is to be looked at.
const analyst = async (method, path, body) => {
  const response = await fetch(url + path, { method, headers: { authorization: 'Bearer sk_sandbox_analyst', 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
};
const pay = (more = {}) => stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method: 'pm_card_diners', confirm: true, automatic_payment_methods: never, expand: ['latest_charge', 'review'], ...more });
const plain = await pay();
assert.deepEqual([plain.review, plain.latest_charge.review, plain.latest_charge.outcome.type], [null, null, 'authorized']);
const watched = await analyst('POST', '/fraud/lists/watch/entries', { kind: 'card', value: plain.latest_charge.payment_method_details.card.fingerprint, reason: 'A test.' });
const paid = await pay();
const held = await pay({ capture_method: 'manual' });
const last = await pay();
await analyst('DELETE', `/fraud/lists/watch/entries/${watched.id}`);

assert.deepEqual([paid.status, paid.latest_charge.outcome.type, paid.latest_charge.outcome.risk_level], ['succeeded', 'manual_review', 'elevated']);
assert.deepEqual([paid.review.object, paid.review.open, paid.review.reason, paid.review.opened_reason, paid.review.charge, paid.review.payment_intent], ['review', true, 'rule', 'rule', paid.latest_charge.id, paid.id]);
assert.equal(paid.latest_charge.review, paid.review.id);
const open = [];
for await (const review of stripe.reviews.list({ limit: 1 }))
  open.push(review.id);
assert.deepEqual(open.filter((id) => [paid.review.id, held.review.id, last.review.id].includes(id)), [last.review.id, held.review.id, paid.review.id]);

const approved = await stripe.reviews.approve(paid.review.id);
assert.deepEqual([approved.open, approved.closed_reason, approved.reason], [false, 'approved', 'approved']);
assert.deepEqual(await eventsOf(paid.review.id), ['review.opened', 'review.closed']);
await refused(() => stripe.reviews.approve(paid.review.id), { statusCode: 400 });
await refused(() => stripe.reviews.retrieve('prv_none'), { statusCode: 404 });
await refused(() => stripe.reviews.approve(open[0], { because: 'x' }), { statusCode: 400, code: 'parameter_unknown' });

await stripe.paymentIntents.cancel(held.id);
assert.equal((await stripe.reviews.retrieve(held.review.id)).closed_reason, 'canceled');
await stripe.refunds.create({ payment_intent: last.id, reason: 'fraudulent' });
assert.equal((await stripe.reviews.retrieve(last.review.id, { expand: ['charge'] })).charge.refunded, true);
assert.equal((await stripe.reviews.retrieve(last.review.id)).closed_reason, 'refunded_as_fraud');
