import { assert, connect, never, refused, stripe } from './stripe.mjs';

const create = (currency, amount, more = {}) => stripe.paymentIntents.create({ amount, currency, payment_method: 'pm_card_visa', confirm: true, automatic_payment_methods: never, expand: ['latest_charge.balance_transaction'], ...more });
const balance = async (currency) => {
  const { available, pending } = await stripe.balance.retrieve();
  return [...available, ...pending].filter((b) => b.currency === currency).reduce((sum, b) => sum + b.amount, 0);
};

// Amounts, fees and balances in the units of Stripe's wire: 1,000 yen, 10 dinars, 500 krónur, 3,700 shillings, 5,000 ariary, 10 euros.
for (const [currency, amount, fee] of [['jpy', 1000, 29], ['bhd', 10000, 590], ['isk', 50000, 1500], ['ugx', 370000, 10700], ['mga', 5000, 145], ['eur', 1000, 59]]) {
  const before = await balance(currency);
  const paid = await create(currency, amount);
  const transaction = paid.latest_charge.balance_transaction;
  assert.deepEqual([paid.amount_received, paid.latest_charge.amount_captured, transaction.amount, transaction.fee, transaction.net, transaction.currency], [amount, amount, amount, fee, amount - fee, currency], currency);
  assert.equal((await balance(currency)) - before, amount - fee, currency);
  const half = amount / 2;
  assert.equal((await stripe.refunds.create({ payment_intent: paid.id, amount: half })).amount, half);
  assert.equal((await balance(currency)) - before, amount - fee - half, currency);
  const held = await create(currency, amount, { capture_method: 'manual' });
  assert.equal((await stripe.paymentIntents.capture(held.id, { amount_to_capture: half })).amount_received, half, currency);
}

// Three decimals, of which the last is 0; two decimals that are always 00.
for (const [currency, good, bad] of [['bhd', 10000, 10001], ['kwd', 10000, 10005], ['isk', 50000, 50050], ['ugx', 370000, 370001]]) {
  await refused(() => create(currency, bad), { statusCode: 400, param: 'amount' });
  const paid = await create(currency, good);
  await refused(() => stripe.refunds.create({ payment_intent: paid.id, amount: bad - good }), { statusCode: 400, param: 'amount' });
  const held = await create(currency, good, { capture_method: 'manual' });
  await refused(() => stripe.paymentIntents.capture(held.id, { amount_to_capture: bad - good }), { statusCode: 400, param: 'amount_to_capture' });
}

// The least of each; a refusal says it as people write it.
for (const [currency, least] of [['usd', 50], ['jpy', 50], ['mga', 50], ['isk', 100], ['bhd', 500]]) {
  assert.equal((await stripe.paymentIntents.create({ amount: least, currency })).amount, least);
  await refused(() => stripe.paymentIntents.create({ amount: least - 1, currency }), { statusCode: 400, code: 'amount_too_small', param: 'amount' });
}
assert.match((await refused(() => stripe.paymentIntents.create({ amount: 1, currency: 'isk' }), {})).message, /1 ISK$/);

// An update is held against what it leaves as it was.
const dinars = await stripe.paymentIntents.create({ amount: 10000, currency: 'bhd' });
await refused(() => stripe.paymentIntents.update(dinars.id, { amount: 10001 }), { statusCode: 400, param: 'amount' });
await refused(() => stripe.paymentIntents.update(dinars.id, { amount: 10 }), { statusCode: 400, code: 'amount_too_small', param: 'amount' });
const dollars = await stripe.paymentIntents.create({ amount: 101, currency: 'usd' });
await refused(() => stripe.paymentIntents.update(dollars.id, { currency: 'kwd' }), { statusCode: 400, param: 'amount' });
await refused(() => stripe.paymentIntents.update(dollars.id, { amount: 49 }), { statusCode: 400, code: 'amount_too_small', param: 'amount' });
assert.equal((await stripe.paymentIntents.update(dollars.id, { currency: 'jpy' })).currency, 'jpy');

// A currency that cards are not charged in; payouts in whole forints.
for (const currency of ['iqd', 'clf', 'xyz', 'usn']) await refused(() => stripe.paymentIntents.create({ amount: 10000, currency }), { statusCode: 400, param: 'currency' });
await refused(() => stripe.payouts.create({ amount: 1050, currency: 'huf' }), { statusCode: 400, param: 'amount' });
await create('isk', 100000, { payment_method: 'pm_card_bypassPending' });
await refused(() => stripe.payouts.create({ amount: 150, currency: 'isk' }), { statusCode: 400, param: 'amount' });
const payout = await stripe.payouts.create({ amount: 10000, currency: 'isk' });
assert.equal(payout.amount, 10000);
assert.equal((await stripe.payouts.cancel(payout.id)).status, 'canceled');
await refused(() => stripe.payouts.create({ amount: 10000000, currency: 'isk' }), { code: 'balance_insufficient' });
const other = connect('sk_test_sandbox_merchant2');
const page = await other.checkout.sessions.create({ mode: 'payment', success_url: 'https://shop.example/', line_items: [{ price_data: { currency: 'isk', unit_amount: 50000, product_data: { name: 'a sweater' } }, quantity: 2 }] });
assert.equal(page.amount_total, 100000);
await refused(() => other.checkout.sessions.create({ mode: 'payment', success_url: 'https://shop.example/', line_items: [{ price_data: { currency: 'isk', unit_amount: 50050, product_data: { name: 'a sweater' } }, quantity: 1 }] }), { statusCode: 400 });
