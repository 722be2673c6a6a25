// Buys what is behind a URL. The guard pays: there is no key here, and nothing that knows x402.
// usage: npx tsx pay.ts URL [JSON]

const GUARD = process.env.X402_GUARD ?? 'http://127.0.0.1:8402';
const TOKEN = process.env.X402_TOKEN ?? '';

/** https://seller/report becomes http://guard/https/seller/report. */
const throughGuard = (url: string) => `${GUARD}/${url.replace('://', '/')}`;

const [url = '', question] = process.argv.slice(2);
const headers: Record<string, string> = { 'x-x402-agent-token': TOKEN };
if (question) headers['content-type'] = 'application/json';

const answer = await fetch(throughGuard(url), { method: question ? 'POST' : 'GET', headers, body: question });

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
