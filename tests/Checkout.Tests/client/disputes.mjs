import { assert, eventsOf, never, refused, stripe } from './stripe.mjs';

const pay = (payment_method, more = {}) => stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method, confirm: true, automatic_payment_methods: never, ...more });
const disputesOf = async (intent) => (await stripe.disputes.list({ payment_intent: intent.id })).data;
const balance = async () => {
  const { available, pending } = await stripe.balance.retrieve();
  return [...available, ...pending].filter((b) => b.currency === 'usd').reduce((sum, b) => sum + b.amount, 0);
};

// Staged first, then sent with a word alone; what was staged in parts goes whole.
const [staged] = await disputesOf(await pay('pm_card_createDispute'));
const first = await stripe.disputes.update(staged.id, { evidence: { customer_name: 'Ada', uncategorized_text: 'winning_evidence' }, submit: false });
assert.deepEqual([first.status, first.evidence_details.has_evidence, first.evidence_details.submission_count], ['needs_response', true, 0]);
const more = await stripe.disputes.update(staged.id, { evidence: { product_description: 'A book' }, submit: false });
assert.deepEqual([more.evidence.customer_name, more.evidence.product_description, more.status], ['Ada', 'A book', 'needs_response']);
assert.equal((await stripe.disputes.update(staged.id, { metadata: { a: '1' } })).status, 'needs_response');
const sent = await stripe.disputes.update(staged.id, { submit: true });
assert.deepEqual([sent.status, sent.evidence.customer_name, sent.evidence_details.submission_count], ['won', 'Ada', 1]);
assert.deepEqual((await eventsOf(staged.id)).slice(-3), ['charge.dispute.updated', 'charge.dispute.closed', 'charge.dispute.funds_reinstated']);
const [bare] = await disputesOf(await pay('pm_card_createDispute'));
await refused(() => stripe.disputes.update(bare.id, { submit: true }), { statusCode: 400, param: 'submit' });
const review = await stripe.disputes.update(bare.id, { evidence: { customer_name: 'Ada' } });
assert.equal(review.status, 'under_review');

// What is held only is not disputed; what is captured is, for what was captured.
const held = await pay('pm_card_createDispute', { capture_method: 'manual' });
assert.deepEqual([held.status, (await disputesOf(held)).length], ['requires_capture', 0]);
const before = await balance();
await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1200 });
const [late] = await disputesOf(held);
assert.deepEqual([late.status, late.amount, late.charge], ['needs_response', 1200, held.latest_charge]);
assert.equal(await balance(), before - 1500 - 65);
assert.equal((await eventsOf(held.id, held.latest_charge, late.id)).slice(-2)[0], 'charge.dispute.created');
await refused(() => stripe.refunds.create({ payment_intent: held.id }), { statusCode: 400, code: 'charge_disputed' });
const gone = await pay('pm_card_createDispute', { capture_method: 'manual' });
await stripe.paymentIntents.cancel(gone.id);
assert.equal((await disputesOf(gone)).length, 0);

// In several parts: once, over what was not refunded meanwhile.
const parts = await pay('pm_card_createDispute', { capture_method: 'manual', payment_method_options: { card: { request_multicapture: 'if_available' } } });
await stripe.paymentIntents.capture(parts.id, { amount_to_capture: 800, final_capture: false });
assert.equal((await disputesOf(parts)).length, 0);
await stripe.refunds.create({ payment_intent: parts.id, amount: 300 });
await stripe.paymentIntents.capture(parts.id, { amount_to_capture: 700 });
assert.deepEqual((await disputesOf(parts)).map((dispute) => dispute.amount), [1200]);
await refused(() => stripe.refunds.create({ payment_intent: parts.id, amount: 100 }), { statusCode: 400, code: 'charge_disputed' });

// More than one, and never over more than there is.
const many = await pay('pm_card_createMultipleDisputes');
const both = await disputesOf(many);
assert.deepEqual([both.length, both[0].amount + both[1].amount], [2, 2000]);

// An inquiry lets refunds through; it ends, or becomes a dispute over the rest.
const asked = await pay('pm_card_createDisputeInquiry');
const [inquiry] = await disputesOf(asked);
assert.deepEqual([inquiry.status, inquiry.is_charge_refundable, inquiry.balance_transactions.length], ['warning_needs_response', true, 0]);
await stripe.refunds.create({ payment_intent: asked.id, amount: 500 });
const calm = await balance();
const risen = await stripe.disputes.update(inquiry.id, { evidence: { uncategorized_text: 'escalate_inquiry_evidence' } });
assert.deepEqual([risen.status, risen.amount, risen.is_charge_refundable, risen.balance_transactions[0].amount], ['needs_response', 1500, false, -1500]);
assert.equal(await balance(), calm - 1500 - 1500);
await refused(() => stripe.refunds.create({ payment_intent: asked.id, amount: 100 }), { statusCode: 400, code: 'charge_disputed' });
assert.equal((await stripe.disputes.update(inquiry.id, { evidence: { uncategorized_text: 'losing_evidence' } })).status, 'lost');
assert.equal(await balance(), calm - 1500 - 1500);
for (const text of ['winning_evidence', 'losing_evidence']) {
  const [other] = await disputesOf(await pay('pm_card_createDisputeInquiry'));
  assert.equal((await stripe.disputes.update(other.id, { evidence: { uncategorized_text: text } })).status, 'warning_closed');
}
