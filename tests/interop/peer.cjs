// What every JavaScript peer shares: settings from the environment, the line a seller prints when it
// is ready, and the report a buyer prints when it is done.
'use strict';

const { webcrypto } = require('node:crypto');

// Node 18 has no global `crypto`, which the official SDKs sign with.
globalThis.crypto ??= webcrypto;

/** Key 0 of every local EVM development node: public, and worthless on any real chain. */
const PUBLIC_TEST_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

const PAYMENT_HEADERS = ['payment-signature', 'x-payment'];
const RECEIPT_HEADERS = ['payment-response', 'x-payment-response'];

function required(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`set ${name}; tests/interop/README.md lists the variables`);
    process.exit(2);
  }
  return value;
}

/** What a seller sells, and through which facilitator. */
function sellerSettings() {
  return {
    facilitatorUrl: required('FACILITATOR_URL'),
    price: process.env.PRICE ?? '$0.01',
    payTo: process.env.PAY_TO ?? '0x209693Bc6afc0C5328bA36FaF03C514EF312287C',
    description: 'Access to premium market data',
  };
}

/** Listens on loopback (`PORT`, 0 for any free one) and prints the ready line. */
function serve(server) {
  const listener = server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
    console.log(JSON.stringify({ ready: `http://127.0.0.1:${listener.address().port}` }));
  });
}

/** `fetch` that remembers every payment header it was asked to send, byte for byte. */
function recordingFetch(sent) {
  return (input, init) => {
    const request = new Request(input, init);
    for (const header of PAYMENT_HEADERS) {
      const raw = request.headers.get(header);
      if (raw !== null) sent.push({ header, raw });
    }
    return fetch(request);
  };
}

function receiptOf(headers) {
  const header = RECEIPT_HEADERS.find((name) => headers.has(name));
  if (!header) return null;
  const raw = headers.get(header);
  return { header, raw, decoded: JSON.parse(Buffer.from(raw, 'base64').toString('utf8')) };
}

function messageOf(error) {
  const causes = [];
  for (let e = error; e; e = e.cause) causes.push(e.message ?? String(e));
  return causes.join(': ');
}

/** Makes the one request that the command line asks for, through `wrap(fetch)`, and reports. */
async function buy(wrap) {
  const [url, method = 'POST', body = '{"query":"latest market data"}'] = process.argv.slice(2);
  if (!url) {
    console.error('usage: BUYER URL [METHOD] [BODY]');
    process.exit(2);
  }
  const init = { method };
  if (!['GET', 'HEAD'].includes(method)) {
    init.headers = { 'content-type': 'application/json' };
    init.body = body;
  }
  const sent = [];
  try {
    const response = await wrap(recordingFetch(sent))(url, init);
    const report = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
      receipt: receiptOf(response.headers),
      sent,
    };
    console.log(JSON.stringify(report));
  } catch (error) {
    console.log(JSON.stringify({ error: messageOf(error), sent }));
    process.exitCode = 1;
  }
}

module.exports = { PUBLIC_TEST_KEY, buy, sellerSettings, serve };
