// Seller: the official Express middleware, x402 v2.
// PAYMENT_IDENTIFIER=optional|required advertises the payment-identifier extension.
'use strict';

const { sellerSettings, serve } = require('./peer.cjs');
const express = require('express');
const { HTTPFacilitatorClient } = require('@x402/core/server');
const { ExactEvmScheme } = require('@x402/evm/exact/server');
const { paymentMiddleware, x402ResourceServer } = require('@x402/express');
const {
  PAYMENT_IDENTIFIER,
  declarePaymentIdentifierExtension,
} = require('@x402/extensions/payment-identifier');

const { facilitatorUrl, price, payTo, description } = sellerSettings();
const network = 'eip155:84532';

const premium = {
  accepts: [{ scheme: 'exact', price, network, payTo }],
  description,
  mimeType: 'application/json',
};
if (process.env.PAYMENT_IDENTIFIER) {
  const isRequired = process.env.PAYMENT_IDENTIFIER === 'required';
  premium.extensions = { [PAYMENT_IDENTIFIER]: declarePaymentIdentifierExtension(isRequired) };
}

const facilitator = new HTTPFacilitatorClient({ url: facilitatorUrl });
const resourceServer = new x402ResourceServer(facilitator).register(network, new ExactEvmScheme());

const app = express();
app.use(express.json());
app.use(paymentMiddleware({ 'POST /premium': premium }, resourceServer));
app.post('/premium', (request, response) => {
  response.json({ data: 'premium market data', echo: request.body });
});
serve(app);
