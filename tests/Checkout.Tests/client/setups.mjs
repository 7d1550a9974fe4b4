import { assert, challenge, eventsOf, refused, stripe } from './stripe.mjs';

const return_url = 'https://shop.example/back';
const customer = await stripe.customers.create({ name: 'Grace' });

// A card saved for later, and charged without its holder.
const setup = await stripe.setupIntents.create({ customer: customer.id, payment_method: 'pm_card_visa', confirm: true, usage: 'off_session', return_url });
assert.equal(setup.status, 'succeeded');
assert.equal((await stripe.paymentMethods.retrieve(setup.payment_method)).customer, customer.id);
const charged = await stripe.paymentIntents.create({ amount: 1500, currency: 'usd', customer: customer.id, payment_method: setup.payment_method, off_session: true, confirm: true });
assert.equal(charged.status, 'succeeded');
assert.deepEqual(await eventsOf(setup.id), ['setup_intent.created', 'setup_intent.succeeded']);

// A challenge at setup spares it later.
const asked = await stripe.setupIntents.create({ customer: customer.id });
assert.equal(asked.status, 'requires_payment_method');
const confirmed = await stripe.setupIntents.confirm(asked.id, { payment_method: 'pm_card_authenticationRequiredOnSetup', return_url });
assert.equal(confirmed.status, 'requires_action');
await challenge(confirmed, 'pass');
const prepared = await stripe.setupIntents.retrieve(asked.id);
assert.equal(prepared.status, 'succeeded');
assert.equal((await stripe.paymentIntents.create({ amount: 1500, currency: 'usd', customer: customer.id, payment_method: prepared.payment_method, off_session: true, confirm: true })).status, 'succeeded');

// Without it the bank says no.
const bare = await stripe.paymentMethods.attach('pm_card_authenticationRequired', { customer: customer.id });
const error = await refused(() => stripe.paymentIntents.create({ amount: 1500, currency: 'usd', customer: customer.id, payment_method: bare.id, off_session: true, confirm: true }), { code: 'authentication_required', statusCode: 402 });
assert.equal(error.payment_intent.last_payment_error.payment_method.id, bare.id);
assert.equal((await stripe.paymentIntents.create({ amount: 1500, currency: 'usd', payment_method: 'pm_card_authenticationRequiredSetupForOffSession', off_session: true, confirm: true })).status, 'succeeded');

// Saved with a payment.
const paying = await stripe.paymentIntents.create({ amount: 1500, currency: 'usd', customer: customer.id, payment_method: 'pm_card_mastercard', setup_future_usage: 'off_session', confirm: true, return_url });
assert.equal((await stripe.paymentMethods.retrieve(paying.payment_method)).customer, customer.id);

// A card that belongs to nobody is spent with its first use.
const once = await stripe.paymentIntents.create({ amount: 1500, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, return_url });
await refused(() => stripe.paymentIntents.create({ amount: 1500, currency: 'usd', payment_method: once.payment_method, confirm: true, return_url }), { statusCode: 400, param: 'payment_method' });
await refused(() => stripe.paymentIntents.create({ amount: 1500, currency: 'usd', payment_method: setup.payment_method, confirm: true, return_url }), { statusCode: 400, param: 'payment_method' });

// Declined, failed, canceled.
const declined = await refused(() => stripe.setupIntents.create({ payment_method: 'pm_card_visa_chargeDeclined', confirm: true, return_url }), { code: 'card_declined', statusCode: 402 });
assert.equal(declined.setup_intent.status, 'requires_payment_method');
const failing = await stripe.setupIntents.create({ payment_method: 'pm_card_authenticationRequired', confirm: true, return_url });
await challenge(failing, 'fail');
assert.equal((await stripe.setupIntents.retrieve(failing.id)).last_setup_error.code, 'setup_intent_authentication_failure');
const canceled = await stripe.setupIntents.cancel(failing.id, { cancellation_reason: 'abandoned' });
assert.deepEqual([canceled.status, canceled.cancellation_reason], ['canceled', 'abandoned']);
await refused(() => stripe.setupIntents.confirm(failing.id, { payment_method: 'pm_card_visa' }), { code: 'setup_intent_unexpected_state' });

// What passes for one card is no proof for another, and what is set up stays as it is.
const first = await stripe.setupIntents.create({ payment_method: 'pm_card_authenticationRequiredOnSetup', confirm: true, return_url });
assert.equal(first.status, 'requires_action');
const second = await stripe.setupIntents.update(first.id, { payment_method: 'pm_card_authenticationRequired' });
assert.deepEqual([second.status, second.next_action], ['requires_confirmation', null]);
await challenge(first, 'pass');
assert.equal((await stripe.setupIntents.retrieve(first.id)).status, 'requires_confirmation');
await refused(() => stripe.setupIntents.update(asked.id, { payment_method: 'pm_card_visa' }), { code: 'setup_intent_unexpected_state', statusCode: 400 });
