/** What can be known of docker-compose.yml without a Docker engine: its schema, and that its parts fit together. */
import { Ajv } from 'ajv';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../dev/project';
import { searchAttributes } from '../../workflows/search-attributes';
import { readCompose, readText, settingsIn, variablesIn } from './compose-file';

const text = readText('docker-compose.yml');
const compose = readCompose();
const services = Object.entries(compose.services);
const settings = settingsIn(readText('.env.example'));
const secrets = ['POSTGRES_PASSWORD', 'TEMPORAL_DB_PASSWORD', 'FLEETSHIFT_WEBHOOK_SECRET'];

test('the file is valid by the schema of the Compose specification', () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addFormat('duration', /^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/);
  const schema = JSON.parse(readText('test/deploy/compose-spec/compose-spec.json')) as object;
  // The file names draft-07 with https, by which no validator knows it.
  Object.assign(schema, { $schema: 'http://json-schema.org/draft-07/schema#' });
  const validate = ajv.compile(schema);
  validate(compose);
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ services: { web: { image: 'a:1', port: ['80'] } } })).toBe(false);
});

test('each service waits only for what is there, and for a state that it can reach', () => {
  const waits = services.flatMap(([name, service]) =>
    Object.entries(service.depends_on ?? {}).map(([on, { condition }]) => ({ name, on, condition })),
  );
  expect(waits.length).toBeGreaterThan(10);
  for (const { on, condition } of waits) {
    const other = compose.services[on];
    expect(other).toBeDefined();
    if (condition === 'service_healthy') expect(other).toHaveProperty('healthcheck');
    else expect([condition, other?.restart]).toEqual(['service_completed_successfully', 'no']);
  }
});

test('what a service waits for, or shares its network with, is there in every profile that it is in', () => {
  for (const [, { profiles, depends_on: waits = {}, network_mode: mode = '' }] of services) {
    const needed = [...Object.keys(waits), ...(mode.startsWith('service:') ? [mode.slice('service:'.length)] : [])];
    for (const other of needed) {
      const theirs = compose.services[other]?.profiles;
      if (theirs !== undefined) expect(theirs).toEqual(expect.arrayContaining(profiles ?? ['every profile']));
    }
  }
});

test('there are the two profiles that .env.example speaks of', () => {
  const profiles = new Set(services.flatMap(([, service]) => service.profiles ?? []));
  expect([...profiles].sort()).toEqual(['aws', 'sandbox']);
  expect([...profiles]).toContain(settings['COMPOSE_PROFILES']);
});

test('whatever stays up has a health check, a restart policy and time to stop', () => {
  const lasting = services.filter(([, { restart }]) => restart !== 'no');
  expect(lasting.length).toBeGreaterThanOrEqual(8);
  for (const [, service] of lasting) {
    expect(service).toMatchObject({ restart: 'unless-stopped' });
    expect(service).toHaveProperty('healthcheck.test');
    expect(service).toHaveProperty('stop_grace_period');
  }
});

test('every image is pinned to a full version', () => {
  for (const [, { image = 'none' }] of services) expect(image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?$/);
});

test('every variable is explained in .env.example, and secrets have no default anywhere', () => {
  const used = variablesIn(text);
  const passedOn = services.flatMap(([, { environment = {} }]) =>
    Object.entries(environment).flatMap(([name, value]) => (value === null ? [name] : [])),
  );
  expect([...new Set([...used.map(({ name }) => name), ...passedOn, 'COMPOSE_PROFILES'])].sort()).toEqual(
    Object.keys(settings).sort(),
  );
  for (const { name, kind } of used)
    expect([name, kind]).toEqual([name, secrets.includes(name) ? 'required' : 'default']);
  for (const secret of secrets) expect([secret, settings[secret]]).toEqual([secret, '']);
  expect(
    Object.keys(settings)
      .filter((name) => /PASSWORD|SECRET(?!_ACCESS)/.test(name))
      .sort(),
  ).toEqual(secrets.sort());
});

test('only those get a secret who need it', () => {
  const holders = (secret: string) =>
    services.filter(([, { environment = {} }]) => JSON.stringify(environment).includes(secret)).map(([name]) => name);
  expect(holders('POSTGRES_PASSWORD')).toEqual(['postgresql']);
  expect(holders('TEMPORAL_DB_PASSWORD')).toEqual(['postgresql', 'temporal-schema', 'temporal']);
  expect(holders('${FLEETSHIFT_WEBHOOK_SECRET')).toEqual(['gateway', 'sandbox-gateway', 'sandbox-demo']);
  expect(holders('AWS_SECRET_ACCESS_KEY')).toEqual(['worker', 'sandbox-worker', 'sandbox-demo']);
});

test('the host listens on loopback unless somebody says otherwise', () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports.length).toBeGreaterThanOrEqual(4);
  for (const port of ports) {
    const [, variable, listen] = /^\$\{(\w+):-([^}]*)\}:\d+$/.exec(port) ?? [];
    expect([port, listen]).toEqual([port, expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
    expect([port, settings[variable ?? '']]).toEqual([port, listen]);
  }
});

test('the database is on a network of its own, and its data on a named volume', () => {
  const reach = services.filter(([, { networks = ['default'] }]) => networks.includes('database'));
  expect(reach.map(([name]) => name)).toEqual(['postgresql', 'temporal-schema', 'temporal']);
  expect(compose.networks['database']).toEqual({ internal: true });
  expect(compose.services['postgresql']?.volumes).toContain('postgresql:/var/lib/postgresql/data');
  expect(Object.keys(compose.volumes)).toEqual(['postgresql']);
});

test('every file that is mounted or run is there', () => {
  const mounted = services.flatMap(([, { volumes = [] }]) =>
    volumes.flatMap((one) => (typeof one === 'string' && one.startsWith('./') ? [one.split(':')[0] ?? ''] : [])),
  );
  const scripts = services.flatMap(([, { entrypoint = [], command = [], healthcheck }]) =>
    [...entrypoint, ...command, ...(healthcheck?.test ?? [])].flatMap((word) => sourceOf(word) ?? []),
  );
  expect(mounted).toContain('./deploy/temporal/create-role.sh');
  expect(scripts).toEqual(expect.arrayContaining(['deploy/temporal/schema.sh', 'dev/attached-demo.ts']));
  for (const path of [...mounted, ...scripts])
    expect([path, existsSync(join(projectRoot, path))]).toEqual([path, true]);
});

/** The file of this repository behind a word of a command, if it is one. */
function sourceOf(word: string): string | undefined {
  if (word.startsWith('/etc/fleetshift/')) return word.replace('/etc/fleetshift', 'deploy');
  if (word.startsWith('dist/')) return word.replace('dist/', '').replace(/\.js$/, '.ts');
  return word.startsWith('deploy/') ? word : undefined;
}

test('the namespace script registers the search attributes that the worker asks for', () => {
  const [, listed = ''] = /^attributes='([^']*)'$/m.exec(readText('deploy/temporal/namespace.sh')) ?? [];
  expect(listed.split(' ').sort()).toEqual(
    Object.values(searchAttributes)
      .map(({ name }) => name)
      .sort(),
  );
});
