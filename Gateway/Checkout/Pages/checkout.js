// Hosted card fields: the card is typed in a frame of ours, so that its number never touches the shop's page.
//   const payments = Payments('pk_…'); const card = payments.card(); card.mount('#card');
//   const { paymentIntent, error } = await payments.confirm(clientSecret, card);
(() => {
  const base = new URL(document.currentScript.src).origin;
  let calls = 0;

  window.Payments = (key) => {
    const api = async (path, fields) => {
      const response = await fetch(`${base}/${path}`, {
        method: fields ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: fields && new URLSearchParams(fields),
      });
      const body = await response.json();
      return response.ok ? { value: body } : { error: body.error };
    };

    const card = () => {
      const frame = document.createElement('iframe');
      frame.src = `${base}/checkout/fields?key=${encodeURIComponent(key)}`;
      frame.title = 'Card';
      frame.style.cssText = 'border:0;width:100%;height:9.5rem';
      return {
        mount: (target) => (typeof target === 'string' ? document.querySelector(target) : target).append(frame),
        tokenize: () => new Promise((resolve) => {
          const call = ++calls;
          const listen = (event) => {
            if (event.source !== frame.contentWindow || event.origin !== base || event.data.call !== call) return;
            removeEventListener('message', listen);
            resolve(event.data);
          };
          addEventListener('message', listen);
          frame.contentWindow.postMessage({ type: 'tokenize', call }, base);
        }),
      };
    };

    // The bank's page, in a frame over the shop's, until it says that it is done.
    const challenge = (url) => new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      frame.title = '3-D Secure';
      frame.id = 'payments-challenge';
      frame.style.cssText = 'position:fixed;inset:0;margin:auto;width:min(30rem,95vw);height:24rem;border:1px solid #999;background:#fff;box-shadow:0 0 0 100vmax rgba(0,0,0,.4);z-index:10';
      const listen = (event) => {
        if (event.source !== frame.contentWindow || event.origin !== base || event.data.type !== 'payments-challenge') return;
        removeEventListener('message', listen);
        frame.remove();
        resolve();
      };
      addEventListener('message', listen);
      document.body.append(frame);
    });

    const confirm = async (clientSecret, element) => {
      const token = await element.tokenize();
      if (token.error) return { error: token.error };
      return settle(await api(`v1/payment_intents/${clientSecret.split('_secret_')[0]}/confirm`, {
        client_secret: clientSecret, use_stripe_sdk: 'true', 'payment_method_data[type]': 'card', 'payment_method_data[card][token]': token.id,
      }));
    };

    // On the hosted page of a checkout session, whose secret is the key.
    const paySession = async (element, fields) => {
      const token = await element.tokenize();
      return token.error ? { error: token.error } : settle(await api(`checkout/${key}/pay`, { ...fields, token: token.id }));
    };

    // Through the challenge, where there is one, to what became of it.
    const settle = async (confirmed) => {
      if (confirmed.error) return { error: confirmed.error };
      let intent = confirmed.value;
      if (intent.status === 'requires_action') {
        await challenge(intent.next_action.use_stripe_sdk.stripe_js);
        const seen = await api(`v1/payment_intents/${intent.id}?client_secret=${encodeURIComponent(intent.client_secret)}`);
        if (seen.error) return { error: seen.error };
        intent = seen.value;
      }

      return intent.last_payment_error ? { error: intent.last_payment_error, paymentIntent: intent } : { paymentIntent: intent };
    };

    return { card, confirm, paySession };
  };
})();
