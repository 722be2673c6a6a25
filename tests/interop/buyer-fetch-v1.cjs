// Buyer: the official fetch wrapper of the v1 SDK.
'use strict';

const { PUBLIC_TEST_KEY, buy } = require('./peer.cjs');
const { privateKeyToAccount } = require('viem/accounts');
const { wrapFetchWithPayment } = require('x402-fetch');

const account = privateKeyToAccount(PUBLIC_TEST_KEY);

buy((fetch) => wrapFetchWithPayment(fetch, account));
