// Buyer: the official fetch wrapper of the v2 SDK, with the v1 scheme registered beside it.
// PAYMENT_ID=id answers a payment-identifier extension with that id.
'use strict';

const { PUBLIC_TEST_KEY, buy } = require('./peer.cjs');
const { ExactEvmScheme } = require('@x402/evm/exact/client');
const { ExactEvmSchemeV1 } = require('@x402/evm/exact/v1/client');
const { appendPaymentIdentifierToExtensions } = require('@x402/extensions/payment-identifier');
const { wrapFetchWithPayment, x402Client } = require('@x402/fetch');
const { privateKeyToAccount } = require('viem/accounts');

const account = privateKeyToAccount(PUBLIC_TEST_KEY);
const client = new x402Client()
  .register('eip155:*', new ExactEvmScheme(account))
  .registerV1('base-sepolia', new ExactEvmSchemeV1(account));

if (process.env.PAYMENT_ID) {
  client.onBeforePaymentCreation(async ({ paymentRequired }) => {
    appendPaymentIdentifierToExtensions(paymentRequired.extensions ?? {}, process.env.PAYMENT_ID);
  });
}

buy((fetch) => wrapFetchWithPayment(fetch, client));
