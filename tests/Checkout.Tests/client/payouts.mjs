import { assert, eventsOf, refused, stripe, url } from './stripe.mjs';

const advance = (seconds) => fetch(url + '/sandbox/clock/advance', { method: 'POST', headers: { authorization: 'Bearer sk_test_sandbox_merchant', 'content-type': 'application/json' }, body: JSON.stringify({ seconds }) });
const until = async (id, status) => {
  for (let i = 0; i < 200; i++) {
    const payout = await stripe.payouts.retrieve(id, { expand: ['balance_transaction', 'failure_balance_transaction'] });
    if (payout.status === status) return payout;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${id} never was ${status}`);
};
const available = async (currency) => (await stripe.balance.retrieve()).available.find((sum) => sum.currency === currency)?.amount ?? 0;

// Only what is available can leave: a card that pays at once makes some, another one only later.
const pay = (payment_method, amount) => stripe.paymentIntents.create({ amount, currency: 'chf', payment_method, confirm: true });
await refused(() => stripe.payouts.create({ amount: 1, currency: 'chf' }), { statusCode: 400, code: 'balance_insufficient', param: 'amount' });
await pay('pm_card_visa', 50000);
await refused(() => stripe.payouts.create({ amount: 1, currency: 'chf' }), { statusCode: 400, code: 'balance_insufficient' });
await pay('pm_card_bypassPending', 10000);
assert.equal(await available('chf'), 9680);
await refused(() => stripe.payouts.create({ amount: 9681, currency: 'chf' }), { code: 'balance_insufficient' });

const made = await stripe.payouts.create({ amount: 5000, currency: 'chf', description: 'October', statement_descriptor: 'SHOP', metadata: { month: '10' } });
assert.deepEqual([made.status, made.amount, made.method, made.type, made.trace_id.status, made.payout_method], ['pending', 5000, 'standard', 'bank_account', 'pending', null]);
assert.ok(made.arrival_date > made.created + 86400 && made.arrival_date % 86400 === 0);
assert.equal(await available('chf'), 4680);
const transaction = await stripe.balanceTransactions.retrieve(made.balance_transaction);
assert.deepEqual([transaction.type, transaction.amount, transaction.source, transaction.reporting_category], ['payout', -5000, made.id, 'payout']);
assert.equal((await stripe.payouts.update(made.id, { metadata: { month: '11' } })).metadata.month, '11');

// Ten at once: what is there leaves once.
const answers = await Promise.allSettled(Array.from({ length: 10 }, () => stripe.payouts.create({ amount: 1000, currency: 'chf', destination: 'ba_sandbox_no_account' })));
const failing = answers.filter((answer) => answer.status === 'fulfilled').map((answer) => answer.value);
assert.equal(failing.length, 4);
assert.equal(await available('chf'), 680);

const canceled = await stripe.payouts.cancel(failing[3].id);
assert.deepEqual([canceled.status, await available('chf')], ['canceled', 1680]);
await refused(() => stripe.payouts.cancel(canceled.id), { statusCode: 400 });
assert.deepEqual(await eventsOf(canceled.id), ['payout.created', 'payout.canceled']);

// Told to the bank, and then it has it; or it has no such account, and the money is back.
await advance(3601);
await until(made.id, 'in_transit');
await refused(() => stripe.payouts.cancel(made.id), { statusCode: 400 });
await advance(3 * 86400);
const paid = await until(made.id, 'paid');
assert.equal(paid.trace_id.status, 'supported');
assert.match(paid.trace_id.value, /^[0-9]{15}$/);
assert.deepEqual(await eventsOf(made.id), ['payout.created', 'payout.updated', 'payout.updated', 'payout.paid']);
for (const one of failing.slice(0, 3)) {
  const failed = await until(one.id, 'failed');
  assert.deepEqual([failed.failure_code, failed.failure_balance_transaction.amount, failed.failure_balance_transaction.type], ['no_account', 1000, 'payout_failure']);
}
assert.deepEqual((await eventsOf(failing[0].id)).at(-1), 'payout.failed');
// By now the other payment has matured too.
assert.equal(await available('chf'), 4680 + 50000 - 1480);

const instant = await stripe.payouts.create({ amount: 100, currency: 'chf', method: 'instant' });
assert.equal(instant.status, 'in_transit');
await advance(1801);
await until(instant.id, 'paid');
assert.deepEqual((await stripe.payouts.list({ status: 'paid' })).data.map((payout) => payout.id), [instant.id, made.id]);
assert.equal((await stripe.payouts.list({ destination: 'ba_sandbox_no_account' })).data.length, 4);
assert.equal((await stripe.payouts.list({ arrival_date: { lte: made.arrival_date }, status: 'paid' })).data.length, instant.arrival_date <= made.arrival_date ? 2 : 1);
await refused(() => stripe.payouts.create({ amount: 100, currency: 'chf', destination: 'ba_other' }), { statusCode: 400, param: 'destination' });
await refused(() => stripe.payouts.create({ amount: 100, currency: 'chf', source_type: 'fpx' }), { statusCode: 400, param: 'source_type' });
await refused(() => stripe.payouts.retrieve('po_missing'), { statusCode: 404, code: 'resource_missing' });
