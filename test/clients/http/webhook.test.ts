import { sendWebhook } from '../../../clients/http/webhook';
import { isSignedWith, receiver, type Receiver, type ReceiverAnswer } from '../../support/receiver';

const secret = 'a-secret-of-at-least-thirty-two-characters';
let there: Receiver;

beforeEach(async () => {
  there = await receiver();
  await there.up();
});
afterEach(() => there.down());

function send(change: { path?: string; withinMs?: number } = {}): Promise<void> {
  const { path = '/hooks/deployments?team=web', withinMs = 5_000 } = change;
  return sendWebhook({ url: `${there.url}${path}`, secret, body: '{"event":"held","note":"größer"}', withinMs });
}

test('what is sent is signed over time, method, path with query, and body', async () => {
  await send();
  expect(there.received).toMatchObject([
    { method: 'POST', path: '/hooks/deployments?team=web', body: '{"event":"held","note":"größer"}' },
  ]);
  const [call] = there.received;
  expect(call && isSignedWith(secret, call)).toBe(true);
  expect(call && isSignedWith('another-secret-of-thirty-two-characters', call)).toBe(false);
  expect(call && isSignedWith(secret, { ...call, body: `${call.body} ` })).toBe(false);
  expect(call && isSignedWith(secret, { ...call, path: '/hooks/deployments' })).toBe(false);
});

test.each([200, 202, 204])('%i is taken', async (status) => {
  there.answers.push({ status });
  await expect(send()).resolves.toBeUndefined();
});

const refusals: [string, ReceiverAnswer, RegExp][] = [
  ['a failure', { status: 500, body: 'out of\n  disk' }, /was answered 500: out of disk$/],
  ['a refusal', { status: 401 }, /was answered 401$/],
  ['an endless page', { status: 404, body: 'x'.repeat(100_000) }, /was answered 404: x{300}$/],
  ['silence', 'silence', /got no answer: none came within 0.3 s$/],
];

test.each(refusals)('%s is an error that says what was answered, and where', async (_what, answer, message) => {
  there.answers.push(answer);
  const sent = send({ withinMs: answer === 'silence' ? 300 : 5_000 });
  await expect(sent).rejects.toThrow(message);
  await expect(sent).rejects.toThrow(`POST ${there.url}/hooks/deployments?team=web`);
});

test('a redirect is not followed: the signature is for this receiver only', async () => {
  const elsewhere = await receiver();
  await elsewhere.up();
  there.answers.push({ status: 307, headers: { location: `${elsewhere.url}/x` } });
  await expect(send()).rejects.toThrow(`307: redirects are not followed, it points to ${elsewhere.url}/x`);
  expect(elsewhere.received).toEqual([]);
  await elsewhere.down();
});

test('a receiver that is not there is told by what the network says', async () => {
  await there.down();
  await expect(send()).rejects.toThrow(/got no answer: .*ECONNREFUSED/);
});

test('a name that does not exist is told', async () => {
  const sent = sendWebhook({ url: 'http://nowhere.invalid/', secret, body: '{}', withinMs: 5_000 });
  await expect(sent).rejects.toThrow(/got no answer: .*(ENOTFOUND|EAI_AGAIN)/);
});
