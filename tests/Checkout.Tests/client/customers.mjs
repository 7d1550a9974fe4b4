import { assert, eventsOf, refused, stripe } from './stripe.mjs';

const customer = await stripe.customers.create({
  name: 'Ada Lovelace', email: 'ada@example.com', phone: '+44 1', description: 'first',
  address: { line1: '1 Street', city: 'London', country: 'GB', postal_code: 'E1' },
  metadata: { order: '42', empty: 'x' },
});
assert.match(customer.id, /^cus_/);
assert.equal(customer.address.city, 'London');
assert.deepEqual(await stripe.customers.retrieve(customer.id), customer);

const updated = await stripe.customers.update(customer.id, { metadata: { empty: '', more: 'y' }, description: '' });
assert.deepEqual(updated.metadata, { order: '42', more: 'y' });
assert.equal(updated.description, null);
assert.equal(updated.name, 'Ada Lovelace');

// Saved cards.
const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' }, billing_details: { name: 'Ada' } });
assert.equal(method.card.last4, '4242');
assert.equal(method.customer, null);
const attached = await stripe.paymentMethods.attach(method.id, { customer: customer.id });
assert.equal(attached.customer, customer.id);
const second = await stripe.paymentMethods.attach('pm_card_mastercard', { customer: customer.id });
assert.equal(second.card.brand, 'mastercard');
const saved = await stripe.customers.listPaymentMethods(customer.id, { type: 'card' });
assert.deepEqual(saved.data.map((m) => m.id), [second.id, method.id]);
assert.deepEqual((await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })).data.map((m) => m.id), [second.id, method.id]);
await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
const expanded = await stripe.customers.retrieve(customer.id, { expand: ['invoice_settings.default_payment_method'] });
assert.equal(expanded.invoice_settings.default_payment_method.id, method.id);
const changed = await stripe.paymentMethods.update(method.id, { billing_details: { email: 'a@example.com' }, metadata: { a: 'b' } });
assert.equal(changed.billing_details.email, 'a@example.com');
const detached = await stripe.paymentMethods.detach(method.id);
assert.equal(detached.customer, null);
await refused(() => stripe.paymentMethods.attach(method.id, { customer: customer.id }), { statusCode: 400, type: 'StripeInvalidRequestError' });
assert.equal((await stripe.customers.listPaymentMethods(customer.id)).data.length, 1);

// The same number has the same fingerprint, another number another one.
const [one, two, other] = await Promise.all(['pm_card_visa', 'pm_card_visa', 'pm_card_amex'].map((id) => stripe.customers.create({ payment_method: id })
  .then((c) => stripe.customers.listPaymentMethods(c.id)).then((list) => list.data[0].card.fingerprint)));
assert.equal(one, two);
assert.notEqual(one, other);

const gone = await stripe.customers.del(customer.id);
assert.deepEqual([gone.id, gone.deleted], [customer.id, true]);
assert.equal((await stripe.customers.retrieve(customer.id)).deleted, true);
await refused(() => stripe.customers.update(customer.id, { name: 'x' }), { code: 'resource_missing', statusCode: 404, param: 'id' });
assert.deepEqual(await eventsOf(customer.id), ['customer.created', 'customer.updated', 'customer.updated', 'customer.deleted']);
await refused(() => stripe.customers.retrieve('cus_nothing'), { code: 'resource_missing', statusCode: 404, param: 'id' });
