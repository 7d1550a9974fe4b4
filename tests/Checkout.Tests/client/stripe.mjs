// Stripe's own SDK, unmodified: only the API base is changed.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Stripe from 'stripe';

export const url = process.argv[2];
export const headers = [];
let recorded = 0;

// Answers as they came, for the checks of their shape.
function recording(client) {
  const make = client.makeRequest.bind(client);
  client.makeRequest = async (...args) => {
    const [, , path, method, sent] = args;
    const publishable = Object.entries(sent).some(([name, value]) => name.toLowerCase() === 'authorization' && String(value).includes('pk_'));
    const response = await make(...args);
    const toJSON = response.toJSON.bind(response);
    response.toJSON = async () => {
      const body = await toJSON();
      headers.push({ status: response.getStatusCode(), ...response.getHeaders() });
      if (process.env.RECORD && body)
        writeFileSync(join(process.env.RECORD, `${process.pid}-${++recorded}.json`), JSON.stringify({ method, path: path.split('?')[0], status: response.getStatusCode(), publishable, body }));
      return body;
    };
    return response;
  };
  return client;
}

export function connect(key = 'sk_test_sandbox_merchant', options = {}) {
  const { hostname, port, protocol } = new URL(url);
  return new Stripe(key, { host: hostname, port: Number(port), protocol: protocol.replace(':', ''), telemetry: false, httpClient: recording(Stripe.createNodeHttpClient()), ...options });
}

export const stripe = connect();

/** What an API call that must fail fails with. */
export async function refused(call, expected) {
  try {
    await call();
  } catch (error) {
    for (const [name, value] of Object.entries(expected))
      assert.equal(error[name], value, `${name} of ${error.type} ${error.message}`);
    return error;
  }
  assert.fail('it was not refused');
}

/** The sandbox's clock goes ahead. */
export const advance = (seconds) => fetch(url + '/sandbox/clock/advance', { method: 'POST', headers: { authorization: 'Bearer sk_test_sandbox_merchant', 'content-type': 'application/json' }, body: JSON.stringify({ seconds }) });

export const never = { enabled: true, allow_redirects: 'never' };

/** The types of an object's events, oldest first. */
export async function eventsOf(...ids) {
  const types = [];
  for await (const event of stripe.events.list({ limit: 100 })) {
    if (ids.includes(event.data.object.id)) types.unshift(event.type);
    if (types.length > 50) break;
  }
  return types;
}

/** The cardholder at the bank's page. */
export async function challenge(intent, outcome) {
  const action = intent.next_action;
  const target = action.redirect_to_url?.url ?? action.use_stripe_sdk.stripe_js;
  return fetch(target, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `outcome=${outcome}` });
}

export { assert, Stripe };
