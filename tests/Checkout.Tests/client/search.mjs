import { assert, never, refused, stripe } from './stripe.mjs';

const customer = await stripe.customers.create({ email: 'Grace@example.com', name: 'Grace Hopper', metadata: { tier: 'gold' } });
const pay = (amount, more = {}) => stripe.paymentIntents.create({ amount, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, automatic_payment_methods: never, ...more });
const paid = [];
for (const amount of [1111, 2222, 3333]) paid.push(await pay(amount, { metadata: { basket: 'search', amount: String(amount) } }));
await refused(() => pay(4444, { payment_method: 'pm_card_visa_chargeDeclined', metadata: { basket: 'search' } }), { code: 'card_declined' });

const found = async (query, more = {}) => (await stripe.paymentIntents.search({ query, ...more })).data.map((intent) => intent.amount);
assert.deepEqual(await found('metadata["basket"]:"search"'), [4444, 3333, 2222, 1111]);
assert.deepEqual(await found('metadata["basket"]:"search" AND status:"succeeded"'), [3333, 2222, 1111]);
assert.deepEqual(await found("metadata['basket']:'search' -status:'succeeded'"), [4444]);
assert.deepEqual(await found('metadata["basket"]:"search" AND amount>1111 AND amount<=3333'), [3333, 2222]);
assert.deepEqual((await found('amount:1111 OR amount:2222')).slice(0, 2), [2222, 1111]);
assert.equal((await stripe.customers.search({ query: 'email:"grace@example.com"' })).data[0].id, customer.id);
assert.equal((await stripe.customers.search({ query: 'name~"hopp" AND metadata["tier"]:"gold"' })).data[0].id, customer.id);
assert.deepEqual((await stripe.charges.search({ query: 'payment_method_details.card.last4:4242 AND status:"succeeded"', limit: 3 })).data.map((charge) => charge.amount), [3333, 2222, 1111]);

// Page by page, and by itself.
const first = await stripe.paymentIntents.search({ query: 'metadata["basket"]:"search"', limit: 3 });
assert.deepEqual([first.object, first.data.length, first.has_more], ['search_result', 3, true]);
const rest = await stripe.paymentIntents.search({ query: 'metadata["basket"]:"search"', limit: 3, page: first.next_page });
assert.deepEqual([rest.data.map((intent) => intent.amount), rest.has_more, rest.next_page], [[1111], false, null]);
const all = [];
for await (const intent of stripe.paymentIntents.search({ query: 'metadata["basket"]:"search"', limit: 1 })) all.push(intent.amount);
assert.deepEqual(all, [4444, 3333, 2222, 1111]);

for (const query of ['', 'status', 'status:succeeded', 'mood:"good"', 'amount>"x"', 'status:"a" AND status:"b" OR status:"c"', 'status~"ab"', 'metadata:"x"', 'status:"a" nonsense'])
  await refused(() => stripe.paymentIntents.search({ query }), { statusCode: 400 });
