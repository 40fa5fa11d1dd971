import { signatureOf } from '../../clients/http/signature';
import { nowSeconds, send, type SignedRequest, startTestGateway, type TestGateway } from './support';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.close());

test('the signature is HMAC-SHA256 over timestamp, method, path and body, as documented', () => {
  // Reference value: printf '%s' "<text>" | openssl dgst -sha256 -hmac "key"
  const parts = { timestamp: '1', method: 'post', path: '/p', body: '{}' };
  expect(signatureOf({ secret: 'key', parts })).toBe(
    'f86ae7034d22f1cf1cacf29456fcd83f215946298fc891019768694b20027a12',
  );
});

test('a rightly signed request is taken', async () => {
  expect((await send(gateway)).status).toBe(202);
});

const mismatch = /signature does not match/;
const late = /not within 300 s/;
const forgeries: [string, SignedRequest, RegExp][] = [
  ['signed with another secret', { signed: { secret: 'x'.repeat(40) } }, mismatch],
  ['with a body that was changed', { signed: { body: '{"image":"ami-0abd"}' } }, mismatch],
  ['captured from another service', { signed: { path: '/v1/services/other/deployments' } }, mismatch],
  ['captured with another method', { signed: { method: 'PUT' } }, mismatch],
  [
    'with a query that was not signed',
    { url: '/v1/services/web/deployments?x=1', signed: { path: '/v1/services/web/deployments' } },
    mismatch,
  ],
  ['with half a signature', { headers: { 'x-fleetshift-signature': 'sha256=abcd' } }, mismatch],
  [
    'with a signature of other characters',
    { headers: { 'x-fleetshift-signature': `sha256=${'é'.repeat(64)}` } },
    mismatch,
  ],
  ['with the time changed', { headers: { 'x-fleetshift-timestamp': String(nowSeconds + 1) } }, mismatch],
  ['that is too old', { timestamp: nowSeconds - 301 }, late],
  ['from the future', { timestamp: nowSeconds + 301 }, late],
  ['with a time that is none', { timestamp: 'yesterday' }, late],
  ['with a time in milliseconds', { timestamp: nowSeconds * 1000 }, late],
  ['without a time', { headers: { 'x-fleetshift-timestamp': '' } }, mismatch],
];

test.each(forgeries)('a request %s is refused', async (_what, request, reason) => {
  const { status, json } = await send(gateway, request);
  expect(status).toBe(401);
  expect(json).toEqual({ error: { code: 'unauthorized', message: expect.stringMatching(reason) as string } });
  expect(gateway.submitted).toEqual([]);
});

test('a request without headers is told which are needed, before its service is looked at', async () => {
  const response = await fetch(`${gateway.url}/v1/services/nowhere/deployments`, { method: 'POST' });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringContaining('x-fleetshift-signature') as string },
  });
});

test.each([nowSeconds - 300, nowSeconds + 300])(
  'a clock that is off by the whole window still does: %i',
  async (timestamp) => {
    expect((await send(gateway, { timestamp })).status).toBe(202);
  },
);

test('reading a deployment needs a signature as well; health does not', async () => {
  expect((await fetch(`${gateway.url}/v1/deployments/deploy:web:1`)).status).toBe(401);
  expect((await send(gateway, { method: 'GET', url: '/v1/deployments/deploy:web:1' })).status).toBe(404);
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
});
