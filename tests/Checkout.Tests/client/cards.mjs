import { readFileSync } from 'node:fs';
import { assert, challenge, connect, eventsOf, never, refused, stripe } from './stripe.mjs';

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
const [closed] = (await stripe.events.list({ type: 'charge.dispute.closed', limit: 1 })).data;
assert.deepEqual([closed.data.object.id, closed.data.previous_attributes.status], [dispute.id, 'under_review']);

// Every published number, entered as a cardholder does, and all that its page of test cards says of it.
const browser = connect('pk_test_sandbox_merchant');
const enter = (number) => browser.tokens.create({ card: { number, exp_month: 12, exp_year: new Date().getFullYear() + 2, cvc: /^3[47]/.test(number) ? '1234' : '123', address_zip: '12345' } });
const declined = (code, decline_code, more = {}) => ({ declines: [code, decline_code], ...more });
const blocked = { declines: ['card_declined', 'fraudulent'], type: 'blocked', network_status: 'not_sent_to_network', reason: 'highest_risk_level', risk: 'highest' };
const published = {
  '4242424242424242': { brand: 'visa', funding: 'credit' },
  '4000056655665556': { brand: 'visa', funding: 'debit' },
  '5555555555554444': { brand: 'mastercard', funding: 'credit' },
  '2223003122003222': { brand: 'mastercard', funding: 'credit' },
  '5200828282828210': { brand: 'mastercard', funding: 'debit' },
  '5105105105105100': { brand: 'mastercard', funding: 'prepaid' },
  '378282246310005': { brand: 'amex', funding: 'credit' },
  '371449635398431': { brand: 'amex', funding: 'credit' },
  '6011111111111117': { brand: 'discover', funding: 'credit' },
  '6011000990139424': { brand: 'discover', funding: 'credit' },
  '30569309025904': { brand: 'diners', funding: 'credit' },
  '3566002020360505': { brand: 'jcb', funding: 'credit' },
  '6200000000000005': { brand: 'unionpay', funding: 'credit' },
  '6205500000000000004': { brand: 'unionpay', funding: 'credit' },
  '4000000000000002': declined('card_declined', 'generic_decline'),
  '4000000000009995': declined('card_declined', 'insufficient_funds'),
  '4000000000009987': declined('card_declined', 'lost_card'),
  '4000000000009979': declined('card_declined', 'stolen_card'),
  '4000000000000069': declined('expired_card'),
  '4000000000000127': declined('incorrect_cvc', undefined, { cvc: 'fail' }),
  '4000000000000119': declined('processing_error'),
  '4000000000006975': declined('card_declined', 'card_velocity_exceeded'),
  '4000000000000341': declined('card_declined', 'generic_decline', { attaches: true }),
  '4000002500003155': { challenged: true },
  '4000002760003184': { challenged: true },
  '4000003800000446': { challenged: true },
  '4000000000003220': { challenged: true },
  '4000008400001629': declined('card_declined', 'generic_decline', { challenged: true }),
  '4000000000000259': { dispute: ['fraudulent', 'needs_response'] },
  '4000000000002685': { dispute: ['product_not_received', 'needs_response'] },
  '4000000000001976': { dispute: ['fraudulent', 'warning_needs_response'] },
  '4000000000005423': {},
  '4100000000000019': blocked,
  '4000000000004954': blocked,
  '4000000000009235': { risk: 'elevated' },
  '4000000000000101': { cvc: 'fail' },
  '4000000000000036': { zip: 'fail' },
  '4000000000007726': { refund: 'pending' },
  '4000000000005126': { refund: 'succeeded' },
};
for (const [number, expected] of Object.entries(published)) {
  const { id: token, card } = await enter(number);
  assert.deepEqual([card.last4, card.brand, card.funding], [number.slice(-4), expected.brand ?? 'visa', expected.funding ?? 'credit'], number);
  const intent = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method_data: { type: 'card', card: { token } } });
  let last;
  try {
    last = await stripe.paymentIntents.confirm(intent.id, { return_url: 'https://shop.example/back' });
  } catch (error) {
    last = error;
  }
  if (expected.challenged) {
    assert.deepEqual([last.status, last.next_action.type, last.latest_charge], ['requires_action', 'redirect_to_url', null], number);
    await challenge(last, 'pass');
    last = await stripe.paymentIntents.retrieve(intent.id);
  }

  const [code, decline_code] = expected.declines ?? [];
  if (expected.declines) {
    const error = expected.challenged ? last.last_payment_error : last.raw;
    assert.deepEqual([error.type, error.code, error.decline_code], ['card_error', code, decline_code], number);
    const after = expected.challenged ? last : last.payment_intent;
    assert.deepEqual([after.status, after.last_payment_error.code, after.last_payment_error.decline_code, after.payment_method], ['requires_payment_method', code, decline_code, null], number);
    last = after;
  } else {
    assert.deepEqual([last.status, last.next_action, last.last_payment_error], ['succeeded', null, null], number);
  }

  const charge = await stripe.charges.retrieve(last.latest_charge);
  const { outcome, payment_method_details } = charge;
  assert.deepEqual([charge.paid, charge.captured, charge.failure_code], [!code, !code, code ?? null], number);
  assert.deepEqual(
    [outcome.type, outcome.network_status, outcome.reason, outcome.risk_level],
    code
      ? [expected.type ?? 'issuer_declined', expected.network_status ?? 'declined_by_network', expected.reason ?? decline_code ?? code, expected.risk ?? 'normal']
      : ['authorized', 'approved_by_network', null, expected.risk ?? 'normal'],
    number,
  );
  assert.deepEqual([payment_method_details.card.checks.cvc_check, payment_method_details.card.checks.address_postal_code_check], [expected.cvc ?? 'pass', expected.zip ?? 'pass'], number);
  assert.equal(payment_method_details.card.three_d_secure?.result ?? null, expected.challenged ? 'authenticated' : null, number);
  const disputes = (await stripe.disputes.list({ charge: charge.id })).data.map((dispute) => [dispute.reason, dispute.status]);
  assert.deepEqual(disputes, expected.dispute ? [expected.dispute] : [], number);
  if (expected.refund) assert.equal((await stripe.refunds.create({ charge: charge.id })).status, expected.refund, number);
  if (expected.attaches) assert.ok((await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: (await stripe.customers.create()).id })).customer);
}

// The list of cards that others published, where it is at hand: an outcome is asserted above for each number, and each name is of its number.
if (process.env.TEST_CARDS) {
  const { cards } = JSON.parse(readFileSync(process.env.TEST_CARDS, 'utf8'));
  for (const { number, payment_method, luhn } of cards) {
    if (!luhn) await refused(() => enter(number), { statusCode: 402, code: 'incorrect_number' });
    else assert.ok(published[number], number);
    if (!payment_method) continue;
    const named = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method });
    const { card } = await stripe.paymentMethods.retrieve(named.payment_method);
    // That name has had two numbers.
    if (payment_method !== 'pm_card_diners') assert.equal(card.last4, number.slice(-4), payment_method);
    assert.equal(card.brand, published[number].brand ?? 'visa', payment_method);
  }

  // What the bank declines cannot be kept for later either.
  for (const { payment_method, outcome } of cards.filter((c) => c.payment_method)) {
    const attach = async () => stripe.paymentMethods.attach(payment_method, { customer: (await stripe.customers.create()).id });
    const [, code, , declineCode] = outcome.match(/^(card_declined|expired_card|incorrect_cvc|processing_error)( \/ (\w+))?$/) ?? [];
    if (code) await refused(attach, { statusCode: 402, code, decline_code: declineCode ?? '' });
    else assert.match((await attach()).id, /^pm_/, payment_method);
  }
}
