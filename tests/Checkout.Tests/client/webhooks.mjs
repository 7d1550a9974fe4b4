import { assert, refused, Stripe, stripe, url } from './stripe.mjs';
import { createServer } from 'node:http';

// The SDK checks what it gets, as a merchant's receiver does.
const got = [];
const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    got.push([Buffer.concat(parts), request.headers['stripe-signature']]);
    response.end('ok');
  });
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const endpoint = await stripe.webhookEndpoints.create({ url: `http://127.0.0.1:${server.address().port}/`, enabled_events: ['payment_intent.succeeded'], api_version: Stripe.API_VERSION ?? '2026-10-28.endive' });
assert.match(endpoint.secret, /^whsec_/);
for (const api_version of ['banana', '2026-13-40', '20261028', '2026-10-28endive', '2026-10-28.endive!'])
  await refused(() => stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:1/', enabled_events: ['*'], api_version }), { statusCode: 400, param: 'api_version' });
assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret, undefined);
const paid = await stripe.paymentIntents.create({ amount: 1200, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, automatic_payment_methods: { enabled: true, allow_redirects: 'never' } });
for (let i = 0; got.length === 0 && i < 200; i++) await new Promise((resolve) => setTimeout(resolve, 50));
const [body, signature] = got[0];
const event = stripe.webhooks.constructEvent(body, signature, endpoint.secret, 10 ** 9);
assert.deepEqual([event.type, event.data.object.id, event.data.object.status], ['payment_intent.succeeded', paid.id, 'succeeded']);
assert.throws(() => stripe.webhooks.constructEvent(body + ' ', signature, endpoint.secret, 10 ** 9));
assert.throws(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other', 10 ** 9));
assert.deepEqual(await stripe.events.retrieve(event.id).then((e) => e.data.object), event.data.object);
assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true);
assert.equal((await stripe.webhookEndpoints.list()).data.some((e) => e.id === endpoint.id), false);
await refused(() => stripe.webhookEndpoints.retrieve(endpoint.id), { statusCode: 404, code: 'resource_missing' });
await refused(() => stripe.paymentIntents.retrieve(paid.id.replace('pi_', 'ch_')), { statusCode: 404 });
server.close();
assert.ok(url);
