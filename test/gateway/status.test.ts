import type { DrainView } from '../../clients/temporal/read-drain';
import { progressWith, resultWith } from '../cli/support';
import { send, startTestGateway, type TestGateway } from './support';

const id = 'deploy:web.production.eu-west-1:1';
const drainId = 'drain:web.production.eu-west-1:1';
const drain: DrainView = { drainId, phase: 'keep', progress: null, result: null, live: ['12 requests'], stopped: null };
let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.close());

const read = (url: string) => send(gateway, { method: 'GET', url });

test('a deployment is answered with its progress, and after its success with its drain', async () => {
  const progress = progressWith({ phase: 'decided', result: resultWith({ drainId }) });
  const beside = { source: 'workflow' as const, live: [], stopped: null, drain };
  gateway.answerRead = (asked) => (asked === id ? { kind: 'found', progress, ...beside } : { kind: 'not-found' });
  const { status, json } = await read(`/v1/deployments/${id}`);
  expect({ status, json }).toEqual({ status: 200, json: { ...progress, ...beside } });
});

test('a drain is answered by its own id; an unknown one is 404', async () => {
  gateway.answerReadDrain = (asked) => (asked === drainId ? { kind: 'found', drain } : { kind: 'not-found' });
  const known = await read(`/v1/drains/${drainId}`);
  expect([known.status, known.json]).toEqual([200, drain]);
  const unknown = await read(`/v1/drains/${drainId}2`);
  expect(unknown).toMatchObject({ status: 404, json: { error: { code: 'unknown-deployment' } } });
});
