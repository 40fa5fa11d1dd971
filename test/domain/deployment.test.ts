import { deploymentInputProblem, submitInputProblem } from '../../domain/deployment';
import { parseServiceFile, type ServiceConfig } from '../../domain/service-file';

function service(): ServiceConfig {
  const answer = parseServiceFile({ service: 'web', region: 'eu-west-1', source: { group: 'web-v1' } });
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
  return answer.service;
}

const request = () => ({
  service: service(),
  revision: { imageId: 'ami-1' },
  idempotencyKey: 'key',
  requestedBy: 'ada',
  reason: '',
  commit: '',
  hotfix: false,
});

/** Every place in a JSON value that holds a number or text. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function without(value: object, path: string[]): object {
  const copy = structuredClone(value) as Record<string, unknown>;
  const holder = path.slice(0, -1).reduce((inner, key) => inner[key] as Record<string, unknown>, copy);
  delete holder[path.at(-1) ?? ''];
  return copy;
}

test('what a service file gives is a request that workflows can read', () => {
  expect(submitInputProblem(request())).toBeNull();
});

test.each(
  leaves(request())
    .filter((path) => path.join('.') !== 'service.source.groupName')
    .map((path) => [path.join('.'), path] as const),
)('a request without %s is refused, so that no workflow task fails over it for ever', (name, path) => {
  expect(submitInputProblem(without(request(), path))).toContain(name);
});

const start = () => ({ ...request(), uuid: '0f9e', number: 1, submittedAtMs: 1, after: null, warnings: ['cut off'] });

test('what the service makes of a request is an input that the deployment can read', () => {
  expect(deploymentInputProblem(start())).toBeNull();
  expect(deploymentInputProblem({ ...start(), after: 'deploy:web:1', warnings: [] })).toBeNull();
});

test.each([
  ...['uuid', 'number', 'after', 'warnings', 'revision'].map((name) => [name, undefined] as const),
  ...[['uuid', ''] as const, ['uuid', 7] as const, ['number', '1'] as const, ['after', 7] as const],
  ...[['warnings', 'text'] as const, ['warnings', [1]] as const],
])('a deployment started by hand with %s %p is refused by name', (name, value) => {
  expect(deploymentInputProblem({ ...start(), [name]: value })).toContain(name);
});

test.each([undefined, null, 'text', 7, [], {}, { unreadablePayload: 'x' }])('%p is no request', (input) => {
  expect(submitInputProblem(input)).toContain('cannot be read');
});
