import { readFileSync } from 'node:fs';
import { assert, eventsOf, never, refused, stripe } from './stripe.mjs';

const pay = (payment_method, more = {}) =>
  stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method, confirm: true, automatic_payment_methods: never, ...more });

// A payment, whole.
const paid = await pay('pm_card_visa', { expand: ['latest_charge.balance_transaction', 'payment_method'], description: 'a book', metadata: { order: '7' } });
assert.equal(paid.status, 'succeeded');
assert.equal(paid.amount_received, 2000);
assert.equal(paid.payment_method.card.last4, '4242');
const charge = paid.latest_charge;
assert.deepEqual([charge.paid, charge.captured, charge.amount_captured, charge.outcome.network_status], [true, true, 2000, 'approved_by_network']);
assert.deepEqual([charge.balance_transaction.amount, charge.balance_transaction.fee, charge.balance_transaction.net], [2000, 88, 1912]);
assert.deepEqual(await eventsOf(paid.id, charge.id), ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded']);

// In two steps, and by a method of its own.
const created = await stripe.paymentIntents.create({ amount: 999, currency: 'usd', payment_method_types: ['card'] });
assert.equal(created.status, 'requires_payment_method');
const chosen = await stripe.paymentIntents.update(created.id, { payment_method: 'pm_card_visa_debit', amount: 1099, metadata: { a: '1' } });
assert.deepEqual([chosen.status, chosen.amount], ['requires_confirmation', 1099]);
const confirmed = await stripe.paymentIntents.confirm(created.id);
assert.equal(confirmed.status, 'succeeded');
await refused(() => stripe.paymentIntents.confirm(created.id), { statusCode: 400, code: 'payment_intent_unexpected_state' });
await refused(() => stripe.paymentIntents.cancel(created.id), { statusCode: 400, code: 'payment_intent_unexpected_state' });


// Every published decline.
const declines = {
  pm_card_visa_chargeDeclined: ['card_declined', 'generic_decline'],
  pm_card_visa_chargeDeclinedInsufficientFunds: ['card_declined', 'insufficient_funds'],
  pm_card_visa_chargeDeclinedLostCard: ['card_declined', 'lost_card'],
  pm_card_visa_chargeDeclinedStolenCard: ['card_declined', 'stolen_card'],
  pm_card_chargeDeclinedExpiredCard: ['expired_card', undefined],
  pm_card_chargeDeclinedIncorrectCvc: ['incorrect_cvc', undefined],
  pm_card_chargeDeclinedProcessingError: ['processing_error', undefined],
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: ['card_declined', 'card_velocity_exceeded'],
  pm_card_chargeCustomerFail: ['card_declined', 'generic_decline'],
  pm_card_radarBlock: ['card_declined', 'fraudulent'],
  pm_card_riskLevelHighest: ['card_declined', 'fraudulent'],
  pm_card_chargeDeclinedFraudulent: ['card_declined', 'fraudulent'],
  pm_card_threeDSecureRequiredProcessingError: ['card_declined', 'generic_decline'],
};
for (const [method, [code, declineCode]] of Object.entries(declines)) {
  const error = await refused(() => pay(method), { type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode ?? '' });
  assert.equal(error.payment_intent.status, 'requires_payment_method', method);
  assert.equal(error.payment_intent.last_payment_error.code, code);
  assert.equal(error.charge, error.payment_intent.latest_charge);
  assert.match(error.doc_url, /error-codes#/);
  assert.ok(error.raw.request_log_url.endsWith('/console/requests/' + error.requestId));
  const failed = await stripe.charges.retrieve(error.charge);
  assert.deepEqual([failed.status, failed.paid, failed.failure_code], ['failed', false, code]);
  assert.deepEqual(await eventsOf(error.payment_intent.id, error.charge), ['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed']);
}

// A declined payment is paid with another card.
const again = await refused(() => pay('pm_card_visa_chargeDeclined'), { code: 'card_declined' });
const second = await stripe.paymentIntents.confirm(again.payment_intent.id, { payment_method: 'pm_card_visa' });
assert.deepEqual([second.status, second.last_payment_error], ['succeeded', null]);
assert.equal((await stripe.charges.list({ payment_intent: second.id })).data.length, 2);

// Every card that works.
const works = ['pm_card_visa', 'pm_card_visa_debit', 'pm_card_mastercard', 'pm_card_mastercard_debit', 'pm_card_mastercard_prepaid', 'pm_card_amex', 'pm_card_discover', 'pm_card_diners', 'pm_card_jcb', 'pm_card_unionpay',
  'pm_card_createIssuerFraudRecord', 'pm_card_riskLevelElevated', 'pm_card_cvcCheckFail', 'pm_card_avsZipFail', 'pm_card_pendingRefund', 'pm_card_refundFail', 'pm_card_bypassPending'];
for (const method of works) {
  const intent = await pay(method);
  assert.equal(intent.status, 'succeeded', method);
}
assert.equal((await stripe.charges.retrieve((await pay('pm_card_riskLevelElevated')).latest_charge)).outcome.risk_level, 'elevated');

// What was checked of a card's address stands with it.
for (const [method, checks] of [['pm_card_avsZipFail', ['fail', 'pass']], ['pm_card_avsLine1Fail', ['pass', 'fail']], ['pm_card_avsFail', ['fail', 'fail']], ['pm_card_avsUnchecked', ['unavailable', 'unavailable']], ['pm_card_visa', [null, null]]]) {
  const { card } = (await pay(method, { expand: ['latest_charge'] })).latest_charge.payment_method_details;
  assert.deepEqual([card.checks.address_postal_code_check, card.checks.address_line1_check], checks, method);
}
assert.equal((await pay('pm_card_cvcCheckFail', { expand: ['latest_charge'] })).latest_charge.payment_method_details.card.checks.cvc_check, 'fail');
assert.equal((await pay('pm_card_de', { expand: ['latest_charge'] })).latest_charge.payment_method_details.card.country, 'DE');

// A card that can be kept, and is declined when it is charged.
const kept = await stripe.customers.create({ payment_method: 'pm_card_chargeCustomerFail' });
const [{ id: poor }] = (await stripe.customers.listPaymentMethods(kept.id)).data;
assert.equal((await stripe.setupIntents.create({ customer: kept.id, payment_method: poor, confirm: true, automatic_payment_methods: never })).status, 'succeeded');
await refused(() => pay(poor, { customer: kept.id, off_session: true }), { statusCode: 402, code: 'card_declined' });
await refused(() => stripe.customers.create({ payment_method: 'pm_card_visa_chargeDeclined' }), { statusCode: 402, code: 'card_declined', decline_code: 'generic_decline' });

// Money that is there at once, from near and far.
for (const method of ['pm_card_bypassPending', 'pm_card_bypassPendingInternational']) {
  const { balance_transaction } = (await pay(method, { expand: ['latest_charge.balance_transaction'] })).latest_charge;
  assert.deepEqual([balance_transaction.status, balance_transaction.available_on <= balance_transaction.created], ['available', true], method);
}

// Disputes come with the charge.
for (const [method, reason, status] of [['pm_card_createDispute', 'fraudulent', 'needs_response'], ['pm_card_createDisputeProductNotReceived', 'product_not_received', 'needs_response'], ['pm_card_createDisputeInquiry', 'fraudulent', 'warning_needs_response']]) {
  const intent = await pay(method);
  const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data;
  assert.deepEqual([dispute.reason, dispute.status, dispute.amount], [reason, status, 2000]);
  assert.equal((await stripe.disputes.retrieve(dispute.id)).charge, intent.latest_charge);
}
const disputed = await pay('pm_card_createDispute');
const [dispute] = (await stripe.disputes.list({ charge: disputed.latest_charge })).data;
assert.deepEqual([dispute.balance_transactions[0].amount, dispute.balance_transactions[0].fee], [-2000, 1500]);
const won = await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: 'winning_evidence' } });
assert.equal(won.status, 'won');

// The list of cards that others published, where it is at hand.
if (process.env.TEST_CARDS) {
  const { cards } = JSON.parse(readFileSync(process.env.TEST_CARDS, 'utf8'));
  // What the bank declines cannot be kept for later either.
  for (const { payment_method, outcome } of cards.filter((c) => c.payment_method)) {
    const attach = async () => stripe.paymentMethods.attach(payment_method, { customer: (await stripe.customers.create()).id });
    const [, code, , declineCode] = outcome.match(/^(card_declined|expired_card|incorrect_cvc|processing_error)( \/ (\w+))?$/) ?? [];
    if (code) await refused(attach, { statusCode: 402, code, decline_code: declineCode ?? '' });
    else assert.match((await attach()).id, /^pm_/, payment_method);
  }
}
