import { assert, connect, refused, stripe } from './stripe.mjs';

const other = connect('sk_test_sandbox_merchant2');
const customer = await other.customers.create({});
const made = [];
for (let i = 0; i < 23; i++) made.unshift((await other.paymentIntents.create({ amount: 1000 + i, currency: 'usd', customer: customer.id })).id);

const all = [];
for await (const intent of other.paymentIntents.list({ limit: 5 })) all.push(intent.id);
assert.deepEqual(all, made);
assert.deepEqual((await other.paymentIntents.list({ customer: customer.id }).autoPagingToArray({ limit: 100 })).map((i) => i.id), made);
const page = await other.paymentIntents.list({ limit: 5 });
assert.deepEqual([page.object, page.url, page.has_more, page.data.length], ['list', '/v1/payment_intents', true, 5]);
const back = await other.paymentIntents.list({ limit: 3, ending_before: made[10] });
assert.deepEqual(back.data.map((i) => i.id), made.slice(7, 10));
const backwards = [];
for await (const intent of other.paymentIntents.list({ limit: 4, ending_before: made[22] })) backwards.push(intent.id);
assert.deepEqual(backwards, made.slice(0, 22).reverse());
assert.equal((await other.paymentIntents.list()).data.length, 10);
assert.equal((await other.paymentIntents.list({ created: { gt: Math.floor(Date.now() / 1000) + 10_000_000 } })).data.length, 0);
assert.equal((await other.paymentIntents.list({ created: { gte: 1 }, limit: 100 })).data.length, 23);
const expanded = await other.paymentIntents.list({ limit: 2, expand: ['data.customer'] });
assert.ok(expanded.data.every((i) => i.customer.id === customer.id));
assert.equal((await other.events.list({ type: 'payment_intent.created', limit: 100 })).data.length, 23);
const [event] = (await other.events.list({ limit: 1 })).data;
assert.deepEqual(await other.events.retrieve(event.id), event);
assert.deepEqual([event.type, event.data.object.id, event.api_version], ['payment_intent.created', made[0], '2026-10-28.endive']);
assert.match(event.request.id, /^req_/);
assert.deepEqual((await stripe.disputes.list({ limit: 3 })).object, 'list');
await refused(() => other.paymentIntents.list({ limit: 101 }), { param: 'limit' });
await refused(() => other.paymentIntents.list({ starting_after: 'pi_x' }), { param: 'starting_after' });

// Where a page starts is something that is there.
for (const place of ['starting_after', 'ending_before'])
  await refused(() => other.paymentIntents.list({ [place]: customer.id.replace('cus_', 'pi_') }), { statusCode: 400, code: 'resource_missing', param: place });

// Another kind's id is no id of this kind, and another merchant's object is not there.
await refused(() => other.customers.retrieve(made[0].replace('pi_', 'cus_')), { statusCode: 404, code: 'resource_missing' });
await refused(() => stripe.customers.retrieve(customer.id), { statusCode: 404, code: 'resource_missing' });

// Events of several types, or of a family.
await stripe.paymentIntents.create({ amount: 1000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true });
const several = (await stripe.events.list({ types: ['charge.succeeded', 'payment_intent.succeeded'], limit: 20 })).data.map((event) => event.type);
assert.deepEqual([...new Set(several)].sort(), ['charge.succeeded', 'payment_intent.succeeded']);
const family = (await stripe.events.list({ type: 'charge.*', limit: 20 })).data.map((event) => event.type);
assert.ok(family.length > 0 && family.every((type) => type.startsWith('charge.')));
await refused(() => stripe.events.list({ type: 'charge.*', types: ['charge.succeeded'] }), { statusCode: 400, param: 'type' });
