import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { cli, fileWith } from './support';

const good = 'service: web\nregion: eu-west-1\nsource: { group: web-v1 }\n';
const image = ['--image', 'ami-0abc'];

const mistakes: [string, () => string[], RegExp][] = [
  ['no command that exists', () => ['depoly'], /unknown command 'depoly'.*\n.*deploy/],
  ['an unknown flag', () => ['list', '--srevice', 'web'], /unknown option '--srevice'/],
  ['deploy without a file', () => ['deploy', ...image], /missing required argument 'file'/],
  ['deploy without an image', () => ['deploy', fileWith('web.yml', good)], /'--image <id>' not specified/],
  [
    'an image that is none',
    () => ['deploy', fileWith('web.yml', good), '--image', 'web:v2'],
    /--image: .*found "web:v2"/,
  ],
  ['an empty reason', () => ['deploy', fileWith('web.yml', good), ...image, '--reason', ''], /--reason: /],
  ['a file that does not exist', () => ['deploy', '/nowhere/web.yml', ...image], /\/nowhere\/web\.yml does not exist/],
  ['a directory', () => ['deploy', mkdtempSync(`${tmpdir()}/x-`), ...image], /is a directory/],
  ['an empty file', () => ['deploy', fileWith('web.yml', ''), ...image], /found nothing/],
  ['a file of prose', () => ['deploy', fileWith('web.yml', 'hello'), ...image], /expected settings such as/],
  [
    'a tab in YAML',
    () => ['deploy', fileWith('web.yml', 'service: web\nsource:\n\tgroup: g\n'), ...image],
    /line 3, column 1/,
  ],
  [
    'a bracket left open',
    () => ['deploy', fileWith('web.json', '{"service": "web"'), ...image],
    /line \d+, column \d+/,
  ],
  ['a key twice', () => ['deploy', fileWith('web.yml', `${good}region: eu-west-2\n`), ...image], /unique/],
  ['two documents', () => ['deploy', fileWith('web.yml', `${good}---\n${good}`), ...image], /document/],
  [
    'a misspelled setting',
    () => ['deploy', fileWith('web.yml', `${good}bke: 5m\n`), ...image],
    /bke: is not a known setting/,
  ],
  [
    'a duration without unit',
    () => ['deploy', fileWith('web.yml', `${good}bake: 300\n`), ...image],
    /bake: expected a duration/,
  ],
  [
    'steps that fall',
    () => ['deploy', fileWith('web.yml', `${good}shift: { steps: [5, 1, 100] }\n`), ...image],
    /shift\.steps: expected rising/,
  ],
  ['a limit of zero', () => ['list', '--limit', '0'], /from 1 to 1000/],
  ['a limit of words', () => ['list', '--limit', 'all'], /from 1 to 1000/],
  ['status without an id', () => ['status'], /missing required argument 'id'/],
  ['an empty --by', () => ['pause', 'deploy:web:1', '--by', ''], /--by: /],
];

test.each(mistakes)('%s is refused with a line that says so', async (_what, args, message) => {
  const { exitCode, out, err } = await cli(args(), { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(exitCode).toBe(2);
  expect(err).toMatch(message);
  expect(err).not.toMatch(/^\s+at /m);
  expect(out).toBe('');
});

test('all mistakes of a file are told at once, each with its path', async () => {
  const path = fileWith('web.yml', 'service: Web\nregion: eu-west-1\nsource: {}\nshift: { steps: [5, 50] }\n');
  const { err } = await cli(['deploy', path, ...image]);
  for (const where of ['service', 'source', 'shift.steps']) expect(err).toContain(`${path}: ${where}: `);
});

test('a Temporal that is not there is one line with its address', async () => {
  const { exitCode, err } = await cli(['list'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(exitCode).toBe(2);
  expect(err).toContain('127.0.0.1:1');
  expect(err.trim().split('\n')).toHaveLength(1);
});

test('help is no mistake, and names the exit codes', async () => {
  const { exitCode, out } = await cli(['--help']);
  expect(exitCode).toBe(0);
  expect(out).toContain('3  needs attention');
});
