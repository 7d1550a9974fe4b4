import { advance, assert, never, refused, stripe } from './stripe.mjs';

// Run behind the other scripts, it sees every type of event that there is. What they leave out comes first.
const hold = await stripe.paymentIntents.create({ amount: 5000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, capture_method: 'manual', automatic_payment_methods: never });
await advance(8 * 86400);
for (let i = 0; (await stripe.paymentIntents.retrieve(hold.id)).status !== 'canceled' && i < 200; i++) await new Promise((resolve) => setTimeout(resolve, 50));
assert.equal((await stripe.paymentIntents.retrieve(hold.id)).cancellation_reason, 'automatic');
const endpoint = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:1/', enabled_events: ['charge.captured'], description: 'nobody' });
await stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
await stripe.webhookEndpoints.list();
await stripe.webhookEndpoints.del(endpoint.id);
await refused(() => stripe.webhookEndpoints.retrieve(endpoint.id), { statusCode: 404 });
await refused(() => stripe.tokens.create({ card: { number: '4242424242424242', exp_month: 1, exp_year: 2040 } }), { statusCode: 400 });
for (const list of [stripe.customers, stripe.paymentIntents, stripe.charges, stripe.refunds, stripe.disputes, stripe.payouts, stripe.setupIntents, stripe.balanceTransactions, stripe.checkout.sessions]) await list.list({ limit: 3 });

const types = new Set();
for await (const event of stripe.events.list({ limit: 100 })) types.add(event.type);
assert.ok(types.has('charge.expired'));
console.log([...types].join(' '));
