import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect, open } from '../../../clients/temporal/connection';
import { listDeployments } from '../../../clients/temporal/list-deployments';
import { readTemporalSettings } from '../../../clients/temporal/settings';
import { TemporalError } from '../../../clients/temporal/temporal-error';
import { testEnv, testTemporalAddress } from './stub-worker';

const noFile = { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' };

async function errorOf(promise: Promise<unknown>): Promise<TemporalError> {
  const error: unknown = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof TemporalError) return error;
  throw error;
}

/** A port that nothing listens on. */
async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

test('a server that is not there is named with its address and a remedy', async () => {
  const address = await deadAddress();
  const error = await errorOf(connect({ env: { ...noFile, TEMPORAL_ADDRESS: address }, connectWithinMs: 500 }));
  expect(error.code).toBe('unreachable');
  expect(error.message).toContain(address);
  expect(error.message).toContain('TEMPORAL_ADDRESS');
});

describe('something else at the address', () => {
  let other: Server;
  afterEach(() => new Promise((resolve) => other.close(resolve)));

  test('is unreachable too, within the limit', async () => {
    other = createServer((socket) => {
      socket.on('error', () => undefined).write('HTTP/1.1 400 Bad Request\r\n\r\n');
      socket.destroySoon();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const error = await errorOf(connect({ env: { ...noFile, TEMPORAL_ADDRESS: address }, connectWithinMs: 500 }));
    expect(error.code).toBe('unreachable');
  });
});

test('a namespace that does not exist is refused, with the command that makes it', async () => {
  const error = await errorOf(connect({ env: { ...testEnv(), TEMPORAL_NAMESPACE: 'nowhere' } }));
  expect(error.code).toBe('refused');
  expect(error.message).toContain('namespace create -n nowhere');
});

test('a process may open the connection first and meet the outage when it asks', async () => {
  const address = await deadAddress();
  const temporal = open({ env: { ...noFile, TEMPORAL_ADDRESS: address } });
  const error = await errorOf(listDeployments({ temporal, limit: 1, withinMs: 500 }));
  expect(['unreachable', 'no-answer']).toContain(error.code);
  expect(error.message).toContain('listing deployments');
  await temporal.close();
});

test('settings come from the environment; empty variables count as left out', () => {
  expect(readTemporalSettings({ env: { ...noFile, TEMPORAL_ADDRESS: '' } })).toMatchObject({
    address: '127.0.0.1:7233',
    namespace: 'default',
    taskQueue: 'fleetshift',
  });
  const env = { ...noFile, TEMPORAL_ADDRESS: 'h:1', TEMPORAL_NAMESPACE: 'n', FLEETSHIFT_TASK_QUEUE: 'q' };
  expect(readTemporalSettings({ env })).toMatchObject({ address: 'h:1', namespace: 'n', taskQueue: 'q' });
});

test.each([
  ['a profile that is not there', { TEMPORAL_PROFILE: 'nobody' }, 'nobody'],
  ['a file without profiles', { TEMPORAL_CONFIG_FILE: '/dev/null' }, 'TEMPORAL_CONFIG_FILE'],
  ['a certificate that is not there', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere/ca.pem' }, '/nowhere/ca.pem'],
])('%s is a mistake in the settings, told as one', (_what, env, expected) => {
  const read = () => open({ env: { ...noFile, TEMPORAL_ADDRESS: testTemporalAddress(), ...env } });
  expect(read).toThrow(TemporalError);
  expect(read).toThrow(expected);
});
