import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { compiled } from '../../dev/project';
import { searchAttributes } from '../../workflows/search-attributes';
import { waitUntil } from '../support/wait-until';

const address = process.env['FLEETSHIFT_TEST_TEMPORAL_ADDRESS'] ?? '';

test("the server that the tests share knows every one of the product's search attributes", async () => {
  const connection = await Connection.connect({ address });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(Object.values(searchAttributes).map(({ name }) => name)),
    );
  } finally {
    await connection.close();
  }
});

test('a server does not outlive the process that started it, even when that is killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'fleetshift-temporal-'));
  const parent = spawn(process.execPath, [compiled('test/dev/start-temporal-process.js'), directory]);
  try {
    let output = '';
    parent.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const started = await waitUntil('a server', () => output, { until: (line) => line.endsWith('\n') });
    const server = JSON.parse(started) as { address: string };
    await expect(canConnect(server.address)).resolves.toBe(true);

    parent.kill('SIGKILL');
    await waitUntil('the server to be gone', async () => !(await canConnect(server.address)));
  } finally {
    parent.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
});

async function canConnect(serverAddress: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address: serverAddress, connectTimeout: '1s' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
