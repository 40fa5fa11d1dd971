import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGatewayConfig } from '../../gateway/config';
import { ServiceDirectory } from '../../gateway/service-directory';
import { serviceFileText } from './support';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetshift-services-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const valid = () => ({ FLEETSHIFT_SERVICES_DIR: directory, FLEETSHIFT_WEBHOOK_SECRET: 's'.repeat(32) });

function problemsOf(env: NodeJS.ProcessEnv): string {
  const answer = readGatewayConfig({ env });
  return answer.kind === 'invalid' ? answer.problems.join('\n') : '';
}

test('port and host have safe defaults', () => {
  expect(readGatewayConfig({ env: valid() })).toMatchObject({
    kind: 'valid',
    config: { host: '127.0.0.1', port: 8080 },
  });
});

test('all mistakes are told at once', () => {
  const text = problemsOf({ FLEETSHIFT_GATEWAY_PORT: 'http' });
  for (const name of ['FLEETSHIFT_GATEWAY_PORT', 'FLEETSHIFT_SERVICES_DIR', 'FLEETSHIFT_WEBHOOK_SECRET']) {
    expect(text).toContain(name);
  }
});

test.each(['-1', '65536', '80a', '8 0', '1e3'])('the port %j is refused', (port) => {
  expect(problemsOf({ ...valid(), FLEETSHIFT_GATEWAY_PORT: port })).toContain(`found "${port}"`);
});

test('a short secret is refused, and not shown', () => {
  const text = problemsOf({ ...valid(), FLEETSHIFT_WEBHOOK_SECRET: 'hunter2' });
  expect(text).toContain('at least 32 characters, found 7');
  expect(text).not.toContain('hunter2');
});

test('a directory that is not there, or is a file, is refused', () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  for (const path of [file, '/nowhere/at/all']) {
    expect(problemsOf({ ...valid(), FLEETSHIFT_SERVICES_DIR: path })).toContain(path);
  }
});

test('broken, doubled and missing service files stop the start, each named', () => {
  const services = new ServiceDirectory(directory);
  expect(services.problems().join()).toContain('holds no service file');
  writeFileSync(join(directory, 'a.yml'), serviceFileText('web'));
  writeFileSync(join(directory, 'b.yaml'), serviceFileText('web'));
  writeFileSync(join(directory, 'c.yml'), 'service: [\n');
  writeFileSync(
    join(directory, 'd.json'),
    '{"service":"api","region":"eu-west-1","source":{"group":"g"},"bake":"soon"}',
  );
  writeFileSync(join(directory, 'notes.txt'), 'not a service');
  const text = services.problems().join('\n');
  expect(text).toContain('a.yml and b.yaml are both for web.production.eu-west-1');
  expect(text).toMatch(/c\.yml: line \d+, column \d+/);
  expect(text).toMatch(/d\.json: bake: expected a duration/);
  expect(text).not.toContain('notes.txt');
});
