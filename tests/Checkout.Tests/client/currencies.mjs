import { assert, never, refused, stripe } from './stripe.mjs';

const pay = (currency, amount, more = {}) => stripe.paymentIntents.create({ amount, currency, payment_method: 'pm_card_visa', confirm: true, automatic_payment_methods: never, expand: ['latest_charge.balance_transaction'], ...more });

const yen = await pay('jpy', 1000);
assert.deepEqual([yen.amount_received, yen.latest_charge.balance_transaction.fee], [1000, 29]);
const dinar = await pay('bhd', 10000);
assert.deepEqual([dinar.amount_received, dinar.latest_charge.balance_transaction.fee], [10000, 590]);
await refused(() => pay('bhd', 10001), { statusCode: 400, param: 'amount' });
const euro = await pay('eur', 1000);
assert.equal(euro.latest_charge.balance_transaction.fee, 59);
const { available, pending } = await stripe.balance.retrieve();
for (const [currency, net] of [['jpy', 971], ['bhd', 9410], ['eur', 941]])
  assert.equal([...available, ...pending].filter((b) => b.currency === currency).reduce((sum, b) => sum + b.amount, 0), net, currency);
const refund = await stripe.refunds.create({ payment_intent: yen.id, amount: 1 });
assert.equal(refund.currency, 'jpy');
