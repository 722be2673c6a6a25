// Buys what is behind a URL with the official SDK. This program has the key and signs; the guard looks at what it signs.
// usage: npx tsx screen.ts URL [JSON]
import { registerExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

const GUARD = process.env.X402_GUARD ?? 'http://127.0.0.1:8402';
const TOKEN = process.env.X402_TOKEN ?? '';

/** https://seller/report becomes http://guard/https/seller/report. */
const throughGuard = (url: string) => `${GUARD}/${url.replace('://', '/')}`;

const signer = privateKeyToAccount(process.env.X402_PRIVATE_KEY as Hex);
const payingFetch = wrapFetchWithPayment(fetch, registerExactEvmScheme(new x402Client(), { signer }));

const [url = '', question] = process.argv.slice(2);
const headers: Record<string, string> = { 'x-x402-agent-token': TOKEN };
if (question) headers['content-type'] = 'application/json';

const answer = await payingFetch(throughGuard(url), { method: question ? 'POST' : 'GET', headers, body: question });

if (answer.headers.get('content-type') === 'application/problem+json') {
  const { code, detail } = (await answer.json()) as { code: string; detail: string };
  console.error(`refused, ${code}: ${detail}`);
  process.exitCode = 1;
} else if (!answer.ok) {
  console.error(`${answer.status} ${await answer.text()}`);
  process.exitCode = 1;
} else {
  console.log(await answer.text());
}
