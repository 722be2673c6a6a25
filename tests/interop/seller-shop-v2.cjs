// Seller of several things: the official Express middleware, x402 v2. What streams is settled first, since the
// middleware would hold an answer back until it is whole.
// DESCRIPTION is what the report is said to be; MOVED_TO is where the seller suddenly wants to be paid.
'use strict';

const { sellerSettings, serve } = require('./peer.cjs');
const crypto = require('node:crypto');
const express = require('express');
const { HTTPFacilitatorClient, x402HTTPResourceServer } = require('@x402/core/server');
const { ExactEvmScheme } = require('@x402/evm/exact/server');
const { ExpressAdapter, paymentMiddleware, x402ResourceServer } = require('@x402/express');

const { facilitatorUrl, price, payTo, description } = sellerSettings();
const network = 'eip155:84532';
const DOWNLOAD_MIB = 64;

const goods = (over = {}) => ({
  accepts: [{ scheme: 'exact', price, network, payTo, ...over }],
  description: process.env.DESCRIPTION ?? description,
  mimeType: 'application/json',
});

const facilitator = new HTTPFacilitatorClient({ url: facilitatorUrl });
const resourceServer = new x402ResourceServer(facilitator).register(network, new ExactEvmScheme());

/** Settles before the handler runs. */
function settledFirst(routes) {
  const http = new x402HTTPResourceServer(resourceServer, routes);
  const ready = http.initialize();
  return async (request, response, next) => {
    await ready;
    const adapter = new ExpressAdapter(request);
    const { path, method } = request;
    const context = { adapter, path, method, paymentHeader: adapter.getHeader('payment-signature') };
    const result = await http.processHTTPRequest(context);
    if (result.type === 'no-payment-required') return next();
    if (result.type === 'payment-error') {
      const { status, headers, body } = result.response;
      return response.status(status).set(headers).json(body ?? {});
    }
    const { paymentPayload, paymentRequirements, declaredExtensions } = result;
    const settled = await http.processSettlement(paymentPayload, paymentRequirements, declaredExtensions, {
      request: context,
    });
    if (!settled.success) {
      return response.status(settled.response.status).set(settled.response.headers).json({});
    }
    response.set(settled.headers);
    return next();
  };
}

const app = express();
app.use(express.json());
app.use(
  paymentMiddleware(
    {
      'GET /report': goods(),
      'GET /metered': goods(),
      'GET /dear': goods({ price: '$5.00' }),
      'GET /moved': goods({ payTo: process.env.MOVED_TO ?? payTo }),
    },
    resourceServer,
  ),
);
app.use(settledFirst({ 'GET /events': goods(), 'GET /download': goods() }));
for (const path of ['/report', '/metered', '/dear', '/moved']) {
  app.get(path, ({ query, headers }, response) => response.json({ report: 'all is well', asked: query, headers }));
}

// Every event waits until somebody has asked for it: only who has seen one can ask for the next.
const waiting = [];
let released = 0;
app.get('/events', async (_, response) => {
  response.set('content-type', 'text/event-stream').flushHeaders();
  for (let event = 1; event <= 3; event += 1) {
    if (released > 0) released -= 1;
    else await new Promise((go) => waiting.push(go));
    response.write(`data: event ${event}\n\n`);
  }
  response.end();
});
app.post('/release', (_, response) => {
  const go = waiting.shift();
  if (go) go();
  else released += 1;
  response.json({});
});

const block = crypto.createHash('sha256').update('a large download').digest();
const mebibyte = Buffer.alloc(1024 * 1024, block);
app.get('/download', async (_, response) => {
  response.set({ 'content-type': 'application/octet-stream', 'content-length': DOWNLOAD_MIB * mebibyte.length });
  for (let sent = 0; sent < DOWNLOAD_MIB; sent += 1) {
    if (!response.write(mebibyte)) await new Promise((go) => response.once('drain', go));
  }
  response.end();
});

serve(app);
