// Seller: the official Express middleware, x402 v1.
'use strict';

const { sellerSettings, serve } = require('./peer.cjs');
const express = require('express');
const { paymentMiddleware } = require('x402-express');

const { facilitatorUrl, price, payTo, description } = sellerSettings();

const premium = {
  price,
  network: 'base-sepolia',
  config: { description, mimeType: 'application/json' },
};

const app = express();
app.use(express.json());
app.use(paymentMiddleware(payTo, { 'POST /premium': premium }, { url: facilitatorUrl }));
app.post('/premium', (request, response) => {
  response.json({ data: 'premium market data', echo: request.body });
});
serve(app);
