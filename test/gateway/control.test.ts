import { TemporalError } from '../../clients/temporal/temporal-error';
import { verbs } from '../../domain/control';
import { progressWith } from '../cli/support';
import { nowSeconds, send, startTestGateway, type TestGateway } from './support';

const id = 'deploy:web.production.eu-west-1:1';
const drainId = 'drain:web.production.eu-west-1:1';
const state = progressWith();
let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startTestGateway();
  gateway.answerControl = ({ id }) => ({ kind: 'taken', id, text: 'it goes on', state });
});
afterEach(() => gateway.close());

const ask = (verb: string, body: unknown = {}, url = `/v1/deployments/${id}/${verb}`) => send(gateway, { url, body });

test.each(verbs)('%s reaches the deployment with who asks and why, and is answered with the ruling', async (verb) => {
  const body = { by: 'ann', reason: 'late', idempotencyKey: 'k' };
  const { status, json } = await ask(verb, body);
  expect({ status, json }).toMatchObject({ status: 202, json: { id, verb, kind: 'taken', text: 'it goes on' } });
  expect(json['state']).toEqual(state);
  expect(gateway.asked).toEqual([{ id, verb, request: body }]);
});

test('a drain is asked by its own id, and answers as who heard it', async () => {
  await ask('promote', {}, `/v1/drains/${drainId}/promote`);
  expect(gateway.asked).toMatchObject([{ id: drainId, verb: 'promote' }]);
  gateway.answerControl = () => ({ kind: 'taken', id: drainId, text: 'the traffic goes back', state });
  expect((await ask('rollback')).json).toMatchObject({ id: drainId });
});

test('promote takes "full"', async () => {
  await ask('promote', { full: true });
  expect(gateway.asked).toMatchObject([{ verb: 'promote', request: { full: true } }]);
});

test('an empty body is enough; an exact repetition then has the same key, and the same a second later another', async () => {
  const url = `/v1/deployments/${id}/promote`;
  for (const timestamp of [nowSeconds, nowSeconds, nowSeconds + 1]) await send(gateway, { url, body: '', timestamp });
  const [first, again, later] = gateway.asked.map(({ request }) => request);
  expect(first).toMatchObject({ by: 'webhook' });
  expect(again?.idempotencyKey).toBe(first?.idempotencyKey);
  expect(later?.idempotencyKey).not.toBe(first?.idempotencyKey);
});

const mistakes: [string, unknown, string, RegExp][] = [
  ['broken JSON', '{"by": ', '', /^expected JSON such as \{"by":"ada","reason":"…"\}, found /],
  ['prose', 'maintenance', '', /^expected JSON/],
  ['a list', ['ada'], '', /found \["ada"\]/],
  ['null', null, '', /found null/],
  ['a number for a name', { by: 7 }, 'by', /^expected a text, found 7$/],
  ['an empty reason', { reason: '' }, 'reason', /at least 1/],
  ['a misspelled field', { resaon: 'x' }, 'resaon', /not a known setting/],
  ['a word for a switch', { full: 'yes' }, 'full', /found "yes"/],
];

test.each(mistakes)(
  '%s is 400 with the path of the mistake, and nothing is asked',
  async (_what, body, path, message) => {
    const { status, json } = await ask('abort', body);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: {
        code: 'invalid-request',
        message: 'the request to abort has mistakes; nothing was changed',
        problems: [{ path, message: expect.stringMatching(message) as string }],
      },
    });
    expect(gateway.asked).toEqual([]);
  },
);

test('what is so already is 200, what does not fit or has ended is 409 with the reason', async () => {
  gateway.answerControl = () => ({ kind: 'already', id, text: 'it is paused', state });
  expect(await ask('pause')).toMatchObject({ status: 200, json: { kind: 'already', text: 'it is paused' } });
  gateway.answerControl = () => ({ kind: 'refused', id, text: 'it is paused: resume it first', state });
  expect(await ask('promote')).toMatchObject({
    status: 409,
    json: { error: { code: 'does-not-fit', message: `${id} refuses to promote: it is paused: resume it first` } },
  });
  gateway.answerControl = () => ({ kind: 'ended', id, outcome: 'succeeded' });
  const late = await ask('promote');
  expect(late).toMatchObject({ status: 409, json: { error: { code: 'ended' } } });
  expect(JSON.stringify(late.json)).toContain(`promote ${drainId}`);
});

test('a rollback that is done by a deployment names it, taken or so already', async () => {
  const deploymentId = 'deploy:web.production.eu-west-1:2';
  const answer = { id: drainId, text: `ami-0before is deployed again by #2, ${deploymentId}`, state: null };
  gateway.answerControl = () => ({ kind: 'taken', ...answer, deploymentId });
  expect(await ask('rollback')).toMatchObject({ status: 202, json: { ...answer, kind: 'taken', deploymentId } });
  gateway.answerControl = () => ({ kind: 'already', ...answer, deploymentId });
  expect(await ask('rollback')).toMatchObject({ status: 200, json: { kind: 'already', deploymentId } });
});

test('an unknown deployment is 404, an unknown verb too', async () => {
  gateway.answerControl = () => ({ kind: 'not-found' });
  expect(await ask('pause')).toMatchObject({ status: 404, json: { error: { code: 'unknown-deployment' } } });
  expect(await ask('terminate')).toMatchObject({ status: 404, json: { error: { code: 'not-found' } } });
});

test('a request that no worker answered is 202 and says that it is kept', async () => {
  gateway.answerControl = () => ({ kind: 'sent', id, message: 'no worker answered; Temporal keeps the request' });
  expect(await ask('abort')).toMatchObject({
    status: 202,
    json: { id, kind: 'sent', text: expect.stringContaining('keeps the request') as string, state: null },
  });
});

test('a rollback that is not ruled on yet is 202, says so, and names the key that waits for the answer', async () => {
  gateway.answerControl = () => ({ kind: 'heard', id: drainId, message: 'not known whether it is taken' });
  const text = expect.stringMatching(/^not known whether it is taken: .*"k"/) as string;
  const answer = await ask('rollback', { idempotencyKey: 'k' });
  expect(answer).toMatchObject({
    status: 202,
    json: { id: drainId, verb: 'rollback', kind: 'heard', text, state: null },
  });
});

test('Temporal out of reach is 503 and says to ask again with the same key', async () => {
  gateway.answerControl = () => {
    throw new TemporalError('unreachable', 'cannot reach Temporal at h:1.');
  };
  const answer = await ask('abort');
  expect(answer).toMatchObject({ status: 503, json: { error: { code: 'temporal-unavailable' } } });
  expect(JSON.stringify(answer.json)).toContain('ask again with the same key');
});

test('a verb that was signed for another deployment, or for another verb, is refused', async () => {
  for (const path of [`/v1/deployments/${id}2/pause`, `/v1/deployments/${id}/resume`])
    expect((await send(gateway, { url: `/v1/deployments/${id}/pause`, body: {}, signed: { path } })).status).toBe(401);
  expect(gateway.asked).toEqual([]);
});
