// An integrator in Node 18 or later, without packages: node integrator.mjs picture.jpg
// Addresses and the program's credentials come from the environment, as README.md says.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const setting = name => process.env[name] ?? (() => { throw new Error(`Set ${name}.`); })();
const [console_, ingestion, notification] = ['IMAGERIGHTS_CONSOLE', 'IMAGERIGHTS_INGESTION', 'IMAGERIGHTS_NOTIFICATION'].map(setting);
const picture = await readFile(process.argv[2]);
const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));

async function token() {
  const answer = await fetch(`${console_}/connect/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${setting('IMAGERIGHTS_CLIENT_ID')}:${setting('IMAGERIGHTS_CLIENT_SECRET')}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  if (!answer.ok) throw new Error(`No token: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access_token;
}

const bearer = { Authorization: `Bearer ${await token()}` };

async function call(method, address, { body, headers } = {}) {
  const answer = await fetch(address, { method, body, headers: { ...bearer, ...headers } });
  const text = await answer.text();
  // Problems are RFC 9457: decide by code, show title.
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

function form(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new Blob([picture]), 'picture');
  return data;
}

// Standard Webhooks 1.0: HMAC-SHA256 over id.timestamp.body; any of the signatures may fit, the time must be near.
// The package standardwebhooks does the same.
function isGenuine(headers, body) {
  const timestamp = Number(headers['webhook-timestamp']);
  if (!(Math.abs(Date.now() / 1000 - timestamp) < 300)) return false;
  const expected = Buffer.from('v1,' + createHmac('sha256', secret).update(`${headers['webhook-id']}.${timestamp}.${body}`).digest('base64'));
  return (headers['webhook-signature'] ?? '').split(' ').map(text => Buffer.from(text)).some(given => given.length === expected.length && timingSafeEqual(given, expected));
}

// 1. Hear what happens: a receiver of webhooks, and an endpoint that leads to it.
let secret = Buffer.alloc(0);
const latest = new Map();
const receiver = createServer((request, response) => {
  const parts = [];
  request.on('data', part => parts.push(part)).on('end', () => {
    const body = Buffer.concat(parts).toString('utf8');
    if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
    // Deliveries come at least once, and a later event may come before an earlier one: of one source and subject the higher sequence is the later, and nothing older may undo it.
    const told = JSON.parse(body);
    const key = `${told.source} ${told.subject}`;
    if (!latest.has(key) || told.sequence > latest.get(key).sequence) latest.set(key, told);
    response.writeHead(204).end();
  });
});
await new Promise(done => receiver.listen(0, '127.0.0.1', done));
const endpoint = await call('POST', `${notification}/v1/endpoints`, {
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ url: `http://127.0.0.1:${receiver.address().port}/hook`, eventTypes: ['imagerights.work.registered.v1'] }),
});
secret = Buffer.from(endpoint.secret.slice('whsec_'.length), 'base64');

// 2. Register a work. The same Idempotency-Key makes a repeated request harmless.
const work = await call('POST', `${ingestion}/v1/works`, {
  headers: { 'Idempotency-Key': randomUUID() }, body: form({ accountId: 'author-1', title: 'Coat, autumn', author: 'Ada Example' }),
});
console.log(`work: ${work.workId}`);

// 3. The webhook that tells of it.
const deadline = Date.now() + 60_000;
while (![...latest.values()].some(told => told.data.workId === work.workId)) {
  if (Date.now() > deadline) throw new Error('No webhook came.');
  await pause(100);
}
console.log('webhook: verified');

// 4. Somebody else uploads the picture; wait for the verdict in the answer.
const upload = await call('POST', `${ingestion}/v1/images`, { headers: { Prefer: 'wait=30' }, body: form({ accountId: 'shop-1', surface: 'Listing', listingId: 'listing-1' }) });
console.log(`upload: ${upload.imageId} ${upload.screening?.verdict}`);

// 5. The same events by polling, for those who cannot receive. Keep the cursor; ask again with it.
for (let cursor = ''; ;) {
  const page = await call('GET', `${notification}/v1/feed?limit=200&after=${cursor}`);
  if (page.items.some(told => told.subject === upload.imageId)) break;
  if (Date.now() > deadline) throw new Error('The feed does not tell of the upload.');
  if (page.items.length === 0) await pause(200);
  cursor = page.next;
}
console.log("feed: the upload's screening is there");

await call('DELETE', `${notification}/v1/endpoints/${endpoint.endpointId}`, { headers: { 'If-Match': '*' } });
receiver.close();
receiver.closeAllConnections();
