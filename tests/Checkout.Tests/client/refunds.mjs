import { assert, eventsOf, never, refused, stripe, url } from './stripe.mjs';

const pay = (payment_method = 'pm_card_visa', more = {}) => stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method, confirm: true, automatic_payment_methods: never, ...more });
const balance = async () => {
  const { available, pending } = await stripe.balance.retrieve();
  return [...available, ...pending].filter((b) => b.currency === 'usd').reduce((sum, b) => sum + b.amount, 0);
};

const intent = await pay();
const before = await balance();
const first = await stripe.refunds.create({ payment_intent: intent.id, amount: 500, reason: 'requested_by_customer', metadata: { why: 'x' } });
assert.deepEqual([first.status, first.amount, first.charge], ['succeeded', 500, intent.latest_charge]);
assert.equal(await balance(), before - 500);
await refused(() => stripe.refunds.create({ payment_intent: intent.id, amount: 1501 }), { statusCode: 400, param: 'amount' });
const rest = await stripe.refunds.create({ charge: intent.latest_charge });
assert.equal(rest.amount, 1500);
await refused(() => stripe.refunds.create({ payment_intent: intent.id }), { code: 'charge_already_refunded' });
const charge = await stripe.charges.retrieve(intent.latest_charge);
assert.deepEqual([charge.refunded, charge.amount_refunded], [true, 2000]);
assert.deepEqual((await stripe.refunds.list({ charge: charge.id })).data.map((r) => r.id), [rest.id, first.id]);
assert.deepEqual((await eventsOf(charge.id, first.id)).slice(-3), ['charge.refunded', 'refund.created', 'charge.refunded']);
assert.equal((await stripe.refunds.update(first.id, { metadata: { why: 'y' } })).metadata.why, 'y');
const transaction = await stripe.balanceTransactions.retrieve(first.balance_transaction);
assert.deepEqual([transaction.type, transaction.amount, transaction.source], ['refund', -500, first.id]);

// Many at once: never more than was captured.
const hot = await pay();
const answers = await Promise.allSettled(Array.from({ length: 10 }, () => stripe.refunds.create({ payment_intent: hot.id, amount: 300 })));
assert.equal(answers.filter((a) => a.status === 'fulfilled').length, 6);
assert.equal((await stripe.charges.retrieve(hot.latest_charge)).amount_refunded, 1800);

// What was not captured cannot go back.
const held = await pay('pm_card_visa', { capture_method: 'manual' });
await refused(() => stripe.refunds.create({ payment_intent: held.id }), { statusCode: 400 });

// Slow, and sent back.
const slow = await stripe.refunds.create({ payment_intent: (await pay('pm_card_pendingRefund')).id });
assert.equal(slow.status, 'pending');
const failing = await stripe.refunds.create({ payment_intent: (await pay('pm_card_refundFail')).id });
assert.equal(failing.status, 'succeeded');
await fetch(url + '/sandbox/clock/advance', { method: 'POST', headers: { authorization: 'Bearer sk_test_sandbox_merchant', 'content-type': 'application/json' }, body: '{"seconds":6}' });
for (let i = 0; (await stripe.refunds.retrieve(failing.id)).status === 'succeeded' && i < 100; i++) await new Promise((resolve) => setTimeout(resolve, 50));
const failed = await stripe.refunds.retrieve(failing.id, { expand: ['failure_balance_transaction'] });
assert.deepEqual([failed.status, failed.failure_balance_transaction.amount], ['failed', 2000]);
for (let i = 0; (await stripe.refunds.retrieve(slow.id)).status === 'pending' && i < 100; i++) await new Promise((resolve) => setTimeout(resolve, 50));
assert.equal((await stripe.refunds.retrieve(slow.id)).status, 'succeeded');

// A charge shows its refunds where they are asked for.
const shown = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, automatic_payment_methods: { enabled: true, allow_redirects: 'never' }, expand: ['latest_charge.refunds'] });
assert.deepEqual([shown.latest_charge.refunds.object, shown.latest_charge.refunds.data.length], ['list', 0]);
for (const amount of [300, 400]) await stripe.refunds.create({ charge: shown.latest_charge.id, amount });
const whole = await stripe.charges.retrieve(shown.latest_charge.id, { expand: ['refunds.data.balance_transaction'] });
assert.deepEqual(whole.refunds.data.map((refund) => [refund.amount, refund.balance_transaction.amount]), [[400, -400], [300, -300]]);
assert.equal((await stripe.paymentIntents.retrieve(shown.id, { expand: ['latest_charge.refunds'] })).latest_charge.refunds.data.length, 2);

// In the answers of what changes something too: the refund that was just made among them, ten at most.
const last = await stripe.refunds.create({ charge: whole.id, amount: 500, expand: ['charge.refunds', 'payment_intent.latest_charge.refunds'] });
assert.deepEqual(last.charge.refunds.data.map((refund) => refund.amount), [500, 400, 300]);
assert.deepEqual(last.payment_intent.latest_charge.refunds.data.map((refund) => refund.id), last.charge.refunds.data.map((refund) => refund.id));
assert.deepEqual((await stripe.paymentIntents.update(shown.id, { metadata: { a: 'b' }, expand: ['latest_charge.refunds'] })).latest_charge.refunds.data.length, 3);
assert.deepEqual((await stripe.charges.update(whole.id, { description: 'x', expand: ['refunds.data.balance_transaction'] })).refunds.data.map((refund) => refund.balance_transaction.amount), [-500, -400, -300]);
for (let i = 0; i < 7; i++) await stripe.refunds.create({ charge: whole.id, amount: 10 });
assert.equal((await stripe.charges.update(whole.id, { description: 'y', expand: ['refunds'] })).refunds.has_more, false);
const eleventh = await stripe.refunds.create({ charge: whole.id, amount: 20, expand: ['charge.refunds'] });
assert.deepEqual([eleventh.charge.refunds.data.length, eleventh.charge.refunds.has_more, eleventh.charge.refunds.data[0].id], [10, true, eleventh.id]);

// What an update changed is told as it was.
const previous = async (type, id) => (await stripe.events.list({ type, limit: 100 })).data.find((event) => event.data.object.id === id).data.previous_attributes;
assert.deepEqual(await previous('charge.refunded', whole.id), { amount_refunded: 1270 });
assert.deepEqual(await previous('charge.refunded', charge.id), { amount_refunded: 500, refunded: false });
assert.deepEqual(await previous('charge.refund.updated', first.id), { metadata: { why: 'x' } });
assert.deepEqual(await previous('refund.updated', slow.id), { status: 'pending' });
assert.deepEqual(await previous('charge.refund.updated', slow.id), { status: 'pending' });
