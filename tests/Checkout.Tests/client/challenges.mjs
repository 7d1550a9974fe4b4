import { assert, challenge, eventsOf, never, refused, stripe } from './stripe.mjs';

const return_url = 'https://shop.example/back';
const pay = (payment_method, more = {}) => stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method, confirm: true, return_url, ...more });

// A challenge that fails, then another card, then one that passes.
const asked = await pay('pm_card_threeDSecure2Required');
assert.deepEqual([asked.status, asked.next_action.type], ['requires_action', 'redirect_to_url']);
assert.equal(asked.next_action.redirect_to_url.return_url, return_url);
assert.equal(asked.latest_charge, null);
assert.ok((await (await fetch(asked.next_action.redirect_to_url.url)).text()).includes('Complete authentication'));
const back = await challenge(asked, 'fail');
assert.equal(back.status, 302);
assert.ok(back.headers.get('location').includes('redirect_status=failed'));
const failed = await stripe.paymentIntents.retrieve(asked.id);
assert.deepEqual([failed.status, failed.last_payment_error.code], ['requires_payment_method', 'payment_intent_authentication_failure']);
const again = await stripe.paymentIntents.confirm(asked.id, { payment_method: 'pm_card_authenticationRequired', return_url });
assert.equal(again.status, 'requires_action');
await challenge(again, 'pass');
await challenge(again, 'pass'); // the same page twice changes nothing
const paid = await stripe.paymentIntents.retrieve(asked.id, { expand: ['latest_charge'] });
assert.deepEqual([paid.status, paid.latest_charge.payment_method_details.card.three_d_secure.result], ['succeeded', 'authenticated']);
assert.deepEqual(await eventsOf(paid.id, paid.latest_charge.id), ['payment_intent.created', 'payment_intent.requires_action', 'payment_intent.payment_failed', 'payment_intent.requires_action', 'charge.succeeded', 'payment_intent.succeeded']);

// Without a return_url the page opens it by itself.
const inPage = await pay('pm_card_threeDSecure2Required', { return_url: undefined, automatic_payment_methods: never });
assert.equal(inPage.next_action.type, 'use_stripe_sdk');
await challenge(inPage, 'pass');
assert.equal((await stripe.paymentIntents.retrieve(inPage.id)).status, 'succeeded');

// The challenge passes, and the card is declined all the same.
const poor = await pay('pm_card_threeDSecureRequiredChargeDeclined');
await challenge(poor, 'pass');
assert.deepEqual([(await stripe.paymentIntents.retrieve(poor.id)).status, (await stripe.paymentIntents.retrieve(poor.id)).last_payment_error.code], ['requires_payment_method', 'card_declined']);

// A merchant that wants no challenge; a cardholder who is not there; a challenge that is asked for.
const error = await refused(() => pay('pm_card_threeDSecure2Required', { error_on_requires_action: true }), { code: 'authentication_required', statusCode: 402 });
assert.equal(error.payment_intent.status, 'requires_payment_method');
const optional = await pay('pm_card_threeDSecureOptional');
assert.equal(optional.status, 'succeeded');
const wanted = await pay('pm_card_threeDSecureOptional', { payment_method_options: { card: { request_three_d_secure: 'any' } } });
assert.equal(wanted.status, 'requires_action');
// Asked for when it was made, it is not forgotten when something else is asked for at its confirmation.
const early = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method: 'pm_card_threeDSecureOptional', payment_method_options: { card: { request_three_d_secure: 'any' } } });
const kept = await stripe.paymentIntents.confirm(early.id, { return_url, payment_method_options: { card: { request_multicapture: 'if_available' } } });
assert.deepEqual([kept.status, kept.payment_method_options.card.request_three_d_secure], ['requires_action', 'any']);
const changed = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method: 'pm_card_threeDSecureOptional', payment_method_options: { card: { request_three_d_secure: 'any' } } });
assert.equal((await stripe.paymentIntents.confirm(changed.id, { return_url, payment_method_options: { card: { request_three_d_secure: 'automatic' } } })).status, 'succeeded');
await refused(() => pay('pm_card_threeDSecureOptionalProcessingError', { payment_method_options: { card: { request_three_d_secure: 'any' } } }), { code: 'processing_error', statusCode: 402 });
assert.equal((await pay('pm_card_threeDSecureOptionalProcessingError')).status, 'succeeded');
await stripe.paymentIntents.cancel(wanted.id);
await challenge(wanted, 'pass');
assert.equal((await stripe.paymentIntents.retrieve(wanted.id)).status, 'canceled');

// Manual capture after a challenge.
const held = await pay('pm_card_threeDSecure2Required', { capture_method: 'manual' });
await challenge(held, 'pass');
assert.equal((await stripe.paymentIntents.retrieve(held.id)).status, 'requires_capture');
assert.equal((await stripe.paymentIntents.capture(held.id)).status, 'succeeded');

// What passes for one card or amount is no proof for another: changed, the payment is to be confirmed anew, and the old page does nothing.
for (const other of [{ amount: 500000 }, { payment_method: 'pm_card_visa' }]) {
  const before = await pay('pm_card_threeDSecure2Required');
  const changed = await stripe.paymentIntents.update(before.id, other);
  assert.deepEqual([changed.status, changed.next_action], ['requires_confirmation', null]);
  await challenge(before, 'pass');
  const after = await stripe.paymentIntents.retrieve(before.id);
  assert.deepEqual([after.status, after.amount_received], ['requires_confirmation', 0]);
}
