import { hastened, hotfixWarning } from '../../domain/hotfix';
import { parseServiceFile, type ServiceConfig } from '../../domain/service-file';

function service(change: object = {}): ServiceConfig {
  const answer = parseServiceFile({ service: 'web', region: 'eu-west-1', source: { group: 'web' }, ...change });
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
  return answer.service;
}

test('a hotfix has steps and a bake of three periods, and nothing else is changed', () => {
  const before = service();
  const after = hastened(before);
  expect(after).toEqual({ ...before, shift: { ...before.shift, stepSeconds: 180 }, bakeSeconds: 180 });
  expect(hotfixWarning(after)).toContain('each step lasts 3m and the bake 3m');
});

test('what is shorter already stays', () => {
  const quick = service({ shift: { stepTime: '10s' }, bake: '20s' });
  expect(hastened(quick)).toEqual(quick);
});
