import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporalError } from '../../clients/temporal/temporal-error';
import { nowSeconds, send, serviceFileText, startTestGateway, type TestGateway } from './support';

let gateway: TestGateway;
const start = async (files?: Record<string, string>) => (gateway = await startTestGateway(files));
afterEach(() => gateway.close());

test('an accepted request answers where to look', async () => {
  await start();
  const { status, json } = await send(gateway);
  expect(status).toBe(202);
  const id = 'deploy:web.production.eu-west-1:1';
  expect(json).toEqual({ id, number: 1, repeated: false, after: null, warnings: [], status: `/v1/deployments/${id}` });
});

test('the whole request reaches the service, with its file as it is now', async () => {
  await start();
  writeFileSync(join(gateway.directory, 'web.yml'), `${serviceFileText('web')}bake: 7m\n`);
  await send(gateway, { body: { image: 'ami-1', by: 'ci', reason: 'merge', commit: 'abc', idempotencyKey: 'k' } });
  expect(gateway.submitted).toMatchObject([
    {
      service: { service: 'web', bakeSeconds: 420 },
      revision: { imageId: 'ami-1' },
      ...{ idempotencyKey: 'k', requestedBy: 'ci', reason: 'merge', commit: 'abc' },
    },
  ]);
});

test('without a key an exact repetition has the same key, and the same body a second later has another', async () => {
  await start();
  await send(gateway);
  await send(gateway);
  await send(gateway, { timestamp: nowSeconds + 1 });
  const keys = gateway.submitted.map(({ idempotencyKey }) => idempotencyKey);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

const mistakes: [string, unknown, string, RegExp][] = [
  ['no image', {}, 'image', /expected the id of a machine image/],
  ['an image that is none', { image: 'web:latest' }, 'image', /found "web:latest"/],
  ['a misspelled field', { image: 'ami-1', comit: 'x' }, 'comit', /not a known setting/],
  ['a number for a name', { image: 'ami-1', by: 7 }, 'by', /expected a text, found 7/],
  ['an empty key', { image: 'ami-1', idempotencyKey: '' }, 'idempotencyKey', /./],
  ['broken JSON', '{"image": ', '', /expected JSON/],
  ['an empty body', '', '', /an empty body/],
  ['a list', [], '', /found \[\]/],
  ['null', null, '', /found null/],
];

test.each(mistakes)('%s is answered with the path of the mistake', async (_what, body, path, message) => {
  await start();
  const { status, json } = await send(gateway, { body });
  expect(status).toBe(400);
  expect(json).toMatchObject({
    error: { code: 'invalid-request', problems: [{ path, message: expect.stringMatching(message) as string }] },
  });
  expect(gateway.submitted).toEqual([]);
});

test('a service file that was broken since the start names file and path, and heals with the file', async () => {
  await start({ 'web.yml': serviceFileText('web'), 'api.yml': serviceFileText('api') });
  const path = join(gateway.directory, 'web.yml');
  writeFileSync(path, `${serviceFileText('web')}bake: soon\n`);
  expect(await send(gateway)).toMatchObject({
    status: 422,
    json: { error: { code: 'invalid-service-file', problems: [{ path: 'web.yml: bake' }] } },
  });
  expect((await send(gateway, { url: '/v1/services/api/deployments' })).status).toBe(202);
  writeFileSync(path, serviceFileText('web'));
  expect((await send(gateway)).status).toBe(202);
});

test('a second file for the same service is refused instead of guessed at', async () => {
  await start();
  writeFileSync(join(gateway.directory, 'copy.yml'), serviceFileText('web'));
  const { status, json } = await send(gateway);
  expect(status).toBe(422);
  expect(JSON.stringify(json)).toContain('copy.yml and web.yml are both for web.production.eu-west-1');
});

test('a service is named by its key, or by its name when only one has it', async () => {
  await start({
    'a.yml': serviceFileText('web'),
    'b.json': JSON.stringify({ service: 'web', environment: 'test', region: 'eu-west-1', source: { group: 'g' } }),
  });
  const at = (service: string) => send(gateway, { url: `/v1/services/${service}/deployments` });
  expect((await at('web.test.eu-west-1')).status).toBe(202);
  expect(gateway.submitted[0]?.service.environment).toBe('test');
  const ambiguous = await at('web');
  expect(ambiguous).toMatchObject({ status: 404, json: { error: { code: 'unknown-service' } } });
  expect(JSON.stringify(ambiguous.json)).toContain('web.production.eu-west-1, web.test.eu-west-1');
  expect((await at('nope')).status).toBe(404);
});

test('a file that was removed makes its service unknown', async () => {
  await start();
  rmSync(join(gateway.directory, 'web.yml'));
  expect((await send(gateway)).status).toBe(404);
});

test.each([
  ['busy', 409],
  ['key-reused', 409],
  ['invalid', 422],
] as const)('the refusal %s is %i with the reason of the service', async (code, status) => {
  await start();
  gateway.answerSubmit = () => ({ kind: 'refused', code, message: 'deploy:web:7 is still running' });
  const answer = await send(gateway);
  expect(answer.status).toBe(status);
  expect(answer.json).toMatchObject({ error: { message: 'deploy:web:7 is still running' } });
});

test('no worker is 503 and says with which key to ask again', async () => {
  await start();
  gateway.answerSubmit = () => ({ kind: 'unknown', message: 'no worker answered' });
  const answer = await send(gateway, { body: { image: 'ami-1', idempotencyKey: 'build-7' } });
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(JSON.stringify(answer.json)).toContain('build-7');
});

test('Temporal out of reach is 503 and not a stack trace', async () => {
  await start();
  gateway.answerSubmit = () => {
    throw new TemporalError('unreachable', 'cannot reach Temporal at h:1.');
  };
  const answer = await send(gateway);
  expect(answer).toMatchObject({ status: 503, json: { error: { code: 'temporal-unavailable' } } });
  expect(JSON.stringify(answer.json)).toContain('ask again with the same key');
});

test('what nobody foresaw is 500 without its details', async () => {
  await start();
  gateway.answerSubmit = () => {
    throw new Error('internal matters');
  };
  const answer = await send(gateway);
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.json)).not.toContain('internal matters');
});

test('too large a body, another content type, a broken path and an unknown one have the same shape of error', async () => {
  await start();
  const shape = { error: { code: expect.any(String) as string, message: expect.any(String) as string } };
  const large = await send(gateway, { body: { image: 'ami-1', reason: 'x'.repeat(70_000) } });
  const form = await send(gateway, { headers: { 'content-type': 'text/plain' } });
  const broken = await send(gateway, { url: '/v1/services/%zz/deployments' });
  const nowhere = await send(gateway, { url: '/v2' });
  expect([large.status, form.status, broken.status, nowhere.status]).toEqual([413, 415, 400, 404]);
  [large, form, broken, nowhere].forEach(({ json }) => expect(json).toEqual(shape));
});
