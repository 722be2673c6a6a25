// A facilitator without a chain: "valid" and "settled" to every well-formed call, x402 v1 and v2.
// SETTLE_FAIL=1 and VERIFY_FAIL=1 make it refuse; EXCHANGE_LOG=file gets one JSON line an exchange,
// written before the answer leaves, so that whoever has the answer finds the line.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const { serve } = require('./peer.cjs');

const SIGNER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const TRANSACTION = `0x${'ab'.repeat(32)}`;
const MAX_BODY_BYTES = 1024 * 1024;

const SUPPORTED = {
  kinds: [
    { x402Version: 2, scheme: 'exact', network: 'eip155:84532' },
    { x402Version: 2, scheme: 'upto', network: 'eip155:84532', extra: { facilitatorAddress: SIGNER } },
    { x402Version: 1, scheme: 'exact', network: 'base-sepolia' },
  ],
  extensions: [],
  signers: { 'eip155:*': [SIGNER] },
};

function payerOf(payment) {
  const { authorization, permit2Authorization } = payment.payload;
  return (authorization ?? permit2Authorization).from;
}

function verify(payment) {
  const payer = payerOf(payment);
  if (process.env.VERIFY_FAIL === '1') {
    return { isValid: false, invalidReason: 'insufficient_funds', payer };
  }
  return { isValid: true, payer };
}

function settle(payment) {
  const payer = payerOf(payment);
  const { network } = payment.accepted ?? payment;
  if (process.env.SETTLE_FAIL === '1') {
    return { success: false, errorReason: 'insufficient_funds', transaction: '', network, payer };
  }
  return { success: true, transaction: TRANSACTION, network, payer };
}

function answer(method, path, text) {
  if (method === 'GET' && path === '/supported') return { status: 200, body: SUPPORTED };
  const decide = method === 'POST' && { '/verify': verify, '/settle': settle }[path];
  if (!decide) return { status: 404, body: { error: `no ${method} ${path} here` } };
  try {
    return { status: 200, body: decide(JSON.parse(text).paymentPayload) };
  } catch (error) {
    return { status: 400, body: { error: `not a facilitator request: ${error.message}` } };
  }
}

function record(exchange) {
  if (process.env.EXCHANGE_LOG) {
    fs.appendFileSync(process.env.EXCHANGE_LOG, `${JSON.stringify(exchange)}\n`);
  }
}

async function readText(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`body over ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

serve(
  http.createServer(async (request, response) => {
    const text = await readText(request);
    const { status, body } = answer(request.method, request.url, text);
    record({
      method: request.method,
      path: request.url,
      requestHeaders: request.rawHeaders,
      requestText: text,
      status,
      responseBody: body,
    });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }),
);
