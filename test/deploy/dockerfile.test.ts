/** What can be known of the Dockerfile and the scripts around it without building an image. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../dev/project';
import { instructionsIn, readCompose, readText, settingsIn } from './compose-file';

const instructions = instructionsIn(readText('Dockerfile'));
const copies = instructions.flatMap(({ verb, rest }) => {
  if (verb !== 'COPY') return [];
  const words = rest.split(' ');
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return paths.slice(0, -1).map((source) => ({ from, source }));
});

test('what is copied from the checkout is there, and is let through by .dockerignore', () => {
  const letThrough = [...readText('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path ?? '');
  const sources = copies.filter(({ from }) => from === undefined).map(({ source }) => source);
  expect(sources.length).toBeGreaterThan(10);
  for (const source of sources) {
    expect([source, existsSync(join(projectRoot, source))]).toEqual([source, true]);
    expect(letThrough).toContain(source);
  }
  for (const path of letThrough.filter((one) => one !== 'deploy')) expect(sources).toContain(path);
});

test('every folder that the compiler is told of is in the build, but the tests', () => {
  const { include } = JSON.parse(readText('tsconfig.json')) as { include: string[] };
  const sources = copies.map(({ source }) => source);
  expect(sources).toEqual(expect.arrayContaining(include.filter((folder) => folder !== 'test')));
});

test('every stage is either pinned to a full version on Debian slim, or made here', () => {
  const made: string[] = [];
  for (const { verb, rest } of instructions) {
    if (verb !== 'FROM') continue;
    const [base = '', , name = ''] = rest.split(' ');
    if (!made.includes(base)) expect(base).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim$/);
    made.push(name);
  }
  const targets = Object.values(readCompose().services).flatMap(({ build }) => build?.target ?? []);
  expect(new Set(targets)).toEqual(new Set(['production', 'sandbox']));
  expect(made).toEqual(expect.arrayContaining(targets));
});

test('the production image has nothing of the sandbox, and runs as an unprivileged user', () => {
  const stage = (name: string) => {
    const start = instructions.findIndex(({ verb, rest }) => verb === 'FROM' && rest.endsWith(` AS ${name}`));
    const length = instructions.slice(start + 1).findIndex(({ verb }) => verb === 'FROM');
    return instructions.slice(start, length === -1 ? undefined : start + 1 + length);
  };
  expect(stage('base')).toContainEqual({ verb: 'USER', rest: 'node' });
  const production = stage('production');
  expect(production[0]?.rest).toBe('base AS production');
  expect(production.filter(({ verb }) => verb === 'COPY').every(({ rest }) => rest.startsWith('--from=pruned '))).toBe(
    true,
  );
  expect(production.some(({ verb }) => verb === 'USER')).toBe(false);
  expect(readText('deploy/image/prune.sh')).toMatch(/^rm -rf dist\/sandbox dist\/dev dist\/test/m);
});

test('every script of deploy/ is read without error by a plain shell', () => {
  const scripts = readdirSync(join(projectRoot, 'deploy'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.sh'),
  );
  expect(scripts.length).toBeGreaterThanOrEqual(5);
  for (const script of scripts) {
    const read = spawnSync('sh', ['-n', join(projectRoot, 'deploy', script)], { encoding: 'utf8' });
    expect([script, read.status, read.stderr]).toEqual([script, 0, '']);
  }
});

test('new-env.sh fills every secret with a long one, never twice the same, and nothing else', () => {
  const make = () => {
    const run = spawnSync('sh', [join(projectRoot, 'deploy/new-env.sh')], { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, '']);
    return settingsIn(run.stdout);
  };
  const [one, two, example] = [make(), make(), settingsIn(readText('.env.example'))];
  const changed = Object.keys(example).filter((name) => one[name] !== example[name]);
  expect(changed).toEqual(['POSTGRES_PASSWORD', 'TEMPORAL_DB_PASSWORD', 'FLEETSHIFT_WEBHOOK_SECRET']);
  const values = [...changed.map((name) => one[name]), ...changed.map((name) => two[name])];
  expect(new Set(values).size).toBe(6);
  for (const value of values) expect(value).toMatch(/^[0-9a-f]{64}$/);
});
