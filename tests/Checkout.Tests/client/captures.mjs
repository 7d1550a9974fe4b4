import { assert, eventsOf, never, refused, stripe } from './stripe.mjs';

const hold = (more = {}) => stripe.paymentIntents.create({ amount: 5000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, capture_method: 'manual', automatic_payment_methods: never, ...more });
const transactions = async (source) => (await stripe.balanceTransactions.list({ source })).data.map((t) => [t.type, t.reporting_category, t.amount, t.fee]);

const held = await hold();
assert.deepEqual([held.status, held.amount_capturable, held.amount_received], ['requires_capture', 5000, 0]);
assert.deepEqual(await eventsOf(held.id, held.latest_charge), ['payment_intent.created', 'charge.succeeded', 'payment_intent.amount_capturable_updated']);
const charge = await stripe.charges.retrieve(held.latest_charge);
assert.deepEqual([charge.captured, charge.balance_transaction, charge.payment_method_details.card.amount_authorized], [false, null, 5000]);
assert.ok(charge.payment_method_details.card.capture_before > charge.created + 6 * 86400);
await refused(() => stripe.paymentIntents.capture(held.id, { amount_to_capture: 5001 }), { statusCode: 400, code: 'amount_too_large' });
const captured = await stripe.paymentIntents.capture(held.id);
assert.deepEqual([captured.status, captured.amount_capturable, captured.amount_received], ['succeeded', 0, 5000]);
assert.deepEqual((await eventsOf(held.id, held.latest_charge)).slice(-2), ['charge.captured', 'payment_intent.succeeded']);
await refused(() => stripe.paymentIntents.capture(held.id), { statusCode: 400, code: 'payment_intent_unexpected_state' });
const [told] = (await stripe.events.list({ type: 'charge.captured', limit: 1 })).data;
assert.deepEqual([told.data.object.id, told.data.previous_attributes], [held.latest_charge, { amount_captured: 0, balance_transaction: null, captured: false }]);

// In part: the rest is released, and the statement shows both.
const part = await hold();
const less = await stripe.paymentIntents.capture(part.id, { amount_to_capture: 3000 });
assert.deepEqual([less.status, less.amount_received, less.amount_capturable], ['succeeded', 3000, 0]);
assert.deepEqual(await transactions(part.latest_charge), [['refund', 'partial_capture_reversal', -2000, 0], ['charge', 'charge', 5000, 117]]);
assert.equal((await stripe.charges.retrieve(part.latest_charge)).amount_captured, 3000);

// Several times.
const many = await hold({ payment_method_options: { card: { request_multicapture: 'if_available' } } });
const first = await stripe.paymentIntents.capture(many.id, { amount_to_capture: 1000, final_capture: false });
assert.deepEqual([first.status, first.amount_received, first.amount_capturable], ['requires_capture', 1000, 4000]);
const next = await stripe.paymentIntents.capture(many.id, { amount_to_capture: 1500, final_capture: false });
assert.deepEqual([next.status, next.amount_received, next.amount_capturable], ['requires_capture', 2500, 2500]);
const last = await stripe.paymentIntents.capture(many.id, { amount_to_capture: 500 });
assert.deepEqual([last.status, last.amount_received, last.amount_capturable], ['succeeded', 3000, 0]);
assert.deepEqual((await transactions(many.latest_charge)).map((t) => t[2]), [500, 1500, 1000]);
await refused(async () => stripe.paymentIntents.capture((await hold()).id, { amount_to_capture: 1000, final_capture: false }), { statusCode: 400, param: 'final_capture' });

// Nothing more: what is left is released.
for (const [amount, status] of [[1000, 'succeeded'], [0, 'canceled']]) {
  const left = await hold({ payment_method_options: { card: { request_multicapture: 'if_available' } } });
  if (amount) await stripe.paymentIntents.capture(left.id, { amount_to_capture: amount, final_capture: false });
  const closed = await stripe.paymentIntents.capture(left.id, { amount_to_capture: 0, final_capture: true });
  assert.deepEqual([closed.status, closed.amount_received, closed.amount_capturable], [status, amount, 0]);
  await refused(() => stripe.paymentIntents.capture(left.id), { code: 'payment_intent_unexpected_state' });
}
await refused(async () => stripe.paymentIntents.capture((await hold()).id, { amount_to_capture: 0 }), { statusCode: 400, param: 'amount_to_capture' });

// What was captured may go back while the rest is held; refunded whole it is once nothing more can come.
for (const end of ['capture', 'cancel']) {
  const open = await hold({ payment_method_options: { card: { request_multicapture: 'if_available' } } });
  await stripe.paymentIntents.capture(open.id, { amount_to_capture: 1000, final_capture: false });
  await stripe.refunds.create({ payment_intent: open.id });
  assert.deepEqual([(await stripe.charges.retrieve(open.latest_charge)).amount_refunded, (await stripe.charges.retrieve(open.latest_charge)).refunded], [1000, false]);
  const over = end === 'capture' ? await stripe.paymentIntents.capture(open.id, { amount_to_capture: 500 }) : await stripe.paymentIntents.cancel(open.id);
  assert.equal(over.status, 'succeeded');
  assert.equal((await stripe.charges.retrieve(open.latest_charge)).refunded, end === 'cancel');
  if (end === 'capture') assert.equal((await stripe.refunds.create({ payment_intent: open.id })).amount, 500);
  await refused(() => stripe.refunds.create({ payment_intent: open.id }), { code: 'charge_already_refunded' });
  assert.equal((await stripe.charges.retrieve(open.latest_charge)).refunded, true);
}

// A card that allows no parts says so, and is held to it.
const whole = await hold({ payment_method: 'pm_card_credit_disableEnterpriseCardFeatures', payment_method_options: { card: { request_multicapture: 'if_available', request_incremental_authorization: 'if_available' } }, expand: ['latest_charge'] });
assert.deepEqual([whole.latest_charge.payment_method_details.card.multicapture.status, whole.latest_charge.payment_method_details.card.incremental_authorization.status], ['unavailable', 'unavailable']);
await refused(() => stripe.paymentIntents.capture(whole.id, { amount_to_capture: 1000, final_capture: false }), { statusCode: 400, param: 'final_capture' });
await refused(() => stripe.paymentIntents.incrementAuthorization(whole.id, { amount: 7000 }), { statusCode: 400 });
assert.equal((await stripe.paymentIntents.capture(whole.id)).amount_received, 5000);

// More than was first authorized.
const raised = await hold({ payment_method_options: { card: { request_incremental_authorization: 'if_available' } } });
const more = await stripe.paymentIntents.incrementAuthorization(raised.id, { amount: 7000 });
assert.deepEqual([more.status, more.amount, more.amount_capturable], ['requires_capture', 7000, 7000]);
await refused(() => stripe.paymentIntents.incrementAuthorization(raised.id, { amount: 7000 }), { statusCode: 400, param: 'amount' });
assert.equal((await stripe.paymentIntents.capture(raised.id)).amount_received, 7000);
await refused(async () => stripe.paymentIntents.incrementAuthorization((await hold()).id, { amount: 7000 }), { statusCode: 400 });

// Released.
const unwanted = await hold();
const canceled = await stripe.paymentIntents.cancel(unwanted.id, { cancellation_reason: 'requested_by_customer' });
assert.deepEqual([canceled.status, canceled.cancellation_reason, canceled.amount_capturable], ['canceled', 'requested_by_customer', 0]);
assert.ok(canceled.canceled_at >= canceled.created);
assert.deepEqual((await eventsOf(unwanted.id, unwanted.latest_charge)).slice(-2), ['charge.refunded', 'payment_intent.canceled']);
assert.deepEqual(await transactions(unwanted.latest_charge), []);
await refused(() => stripe.paymentIntents.capture(unwanted.id), { code: 'payment_intent_unexpected_state' });
for (const reason of ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']) {
  const intent = await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  assert.equal((await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: reason })).cancellation_reason, reason);
}
await refused(async () => stripe.paymentIntents.cancel((await stripe.paymentIntents.create({ amount: 100, currency: 'usd' })).id, { cancellation_reason: 'mood' }), { statusCode: 400, param: 'cancellation_reason' });
