import { formatProblem } from '../../domain/problems';
import { parseServiceFile, serviceKey } from '../../domain/service-file';

const smallest = { service: 'web', region: 'eu-west-1', source: { group: 'web-v41' } };

function valid(changes: object = {}) {
  const answer = parseServiceFile({ ...smallest, ...changes });
  if (answer.kind === 'invalid') throw new Error(answer.problems.map(formatProblem).join('; '));
  return answer.service;
}

function problems(content: unknown): string[] {
  const answer = parseServiceFile(content);
  return answer.kind === 'invalid' ? answer.problems.map(formatProblem) : [];
}

test('three lines are enough, and the defaults are the documented ones', () => {
  expect(valid()).toEqual({
    service: 'web',
    environment: 'production',
    region: 'eu-west-1',
    source: { kind: 'group', groupName: 'web-v41' },
    whenBusy: 'refuse',
    shift: {
      stepPercents: [1, 5, 10, 25, 50, 100],
      stepSeconds: 300,
      settleSeconds: 60,
      holdbackPercent: 'auto',
      lowTraffic: 'hold',
      gatePercents: [],
    },
    judge: {
      periodSeconds: 60,
      lagSeconds: 120,
      alpha: 0.01,
      minimumRequests: 30,
      relativeTolerance: 1,
      absoluteTolerance: 0.001,
      absoluteLimit: 0,
      ceiling: 0.05,
    },
    ready: { healthyReads: 3 },
    bakeSeconds: 1800,
    keepSeconds: 3600,
    drain: { upToSeconds: 3600 },
    oldGroup: 'scale-to-zero',
    pollSeconds: 10,
    limits: {
      queueSeconds: 86_400,
      readBackSeconds: 120,
      cloneSeconds: 900,
      readySeconds: 900,
      pauseSeconds: 86_400,
      gateSeconds: 86_400,
      holdSeconds: 86_400,
      unmeasurableSeconds: 1800,
      regrowSeconds: 900,
      rollbackSeconds: 86_400,
    },
  });
});

test('a full file is turned into seconds, fractions and whole percents', () => {
  const service = valid({
    environment: 'staging',
    role: 'arn:aws:iam::123456789012:role/deploy/fleetshift',
    source: { tag: { service: 'web' } },
    shift: { steps: [5, 100], stepTime: '90s', settle: '0s', holdback: '7%', lowTraffic: 'advance' },
    judge: {
      period: '10s',
      lag: '30s',
      falseRollbacks: '5%',
      minimumRequests: 1,
      errors: { ratio: 1.5, tolerance: '0.5%', limit: '1%', ceiling: '10%' },
    },
    bake: '2h',
    keep: '0s',
    drain: { upTo: '1d' },
    limits: { hold: '12h' },
  });
  expect(service).toMatchObject({
    environment: 'staging',
    roleArn: 'arn:aws:iam::123456789012:role/deploy/fleetshift',
    source: { kind: 'tag', key: 'service', value: 'web' },
    shift: { stepPercents: [5, 100], stepSeconds: 90, settleSeconds: 0, holdbackPercent: 7, lowTraffic: 'advance' },
    judge: {
      periodSeconds: 10,
      alpha: 0.05,
      relativeTolerance: 1.5,
      absoluteTolerance: 0.005,
      absoluteLimit: 0.01,
      ceiling: 0.1,
    },
    bakeSeconds: 7200,
    keepSeconds: 0,
    drain: { upToSeconds: 86_400 },
    limits: { holdSeconds: 43_200, pauseSeconds: 86_400 },
  });
});

test('a service is plain JSON, so that workflows get what was checked', () => {
  const service = valid({ judge: { errors: { limit: '2%' } } });
  expect(JSON.parse(JSON.stringify(service))).toEqual(service);
});

test.each(['app/web/50dc6c495c0c9188/f2f7dc8efc522ab2', 'app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee'])(
  'a route may be a source: %s',
  (tail) => {
    const kind = tail.split('/').length === 4 ? 'listener' : 'listener-rule';
    const arn = `arn:aws:elasticloadbalancing:eu-west-1:123456789012:${kind}/${tail}`;
    expect(valid({ source: { route: arn } }).source).toEqual({ kind: 'route', arn });
  },
);

test.each<[string, unknown, string]>([
  ['no content', null, 'expected a group of settings, found null'],
  ['no name', { ...smallest, service: undefined }, 'service: is missing: expected a text'],
  [
    'a name that AWS names cannot hold',
    { ...smallest, service: 'Web_1' },
    'service: expected a name of lower-case letters, digits and hyphens, at most 32 characters, found "Web_1"',
  ],
  [
    'no such region',
    { ...smallest, region: 'Ireland' },
    'region: expected an AWS region such as eu-west-1, found "Ireland"',
  ],
  [
    'two sources',
    { ...smallest, source: { group: 'a', tag: { b: 'c' } } },
    'source: expected exactly one of group, tag, route, found {"group":"a","tag":{"b":"c"}}',
  ],
  ['no source', { ...smallest, source: {} }, 'source: expected exactly one of group, tag, route, found {}'],
  [
    'two tags',
    { ...smallest, source: { tag: { a: 'b', c: 'd' } } },
    'source: expected exactly one tag, found {"tag":{"a":"b","c":"d"}}',
  ],
  ['a misspelt setting', { ...smallest, shift: { stepTimes: '5m' } }, 'shift.stepTimes: is not a known setting'],
  ['a number for a duration', { ...smallest, bake: 30 }, 'bake: expected a duration such as 30s, 5m or 2h, found 30'],
  [
    'falling steps',
    { ...smallest, shift: { steps: [10, 5, 100] } },
    'shift.steps: expected rising whole percentages, found [10,5,100]',
  ],
  [
    'steps twice',
    { ...smallest, shift: { steps: [5, 5, 100] } },
    'shift.steps: expected rising whole percentages, found [5,5,100]',
  ],
  [
    'steps that do not end',
    { ...smallest, shift: { steps: [5, 50] } },
    'shift.steps: expected the last step to be 100, found [5,50]',
  ],
  [
    'a word in the steps',
    { ...smallest, shift: { steps: ['5%', 100] } },
    'shift.steps[0]: expected a number, found "5%"',
  ],
  [
    'a holdback too large',
    { ...smallest, shift: { holdback: '60%' } },
    'shift.holdback: expected auto, or a whole share from 1% to 50%, found "60%"',
  ],
  [
    'a holdback that weights cannot hold',
    { ...smallest, shift: { holdback: '2.5%' } },
    'shift.holdback: expected auto, or a whole share from 1% to 50%, found "2.5%"',
  ],
  [
    'an unknown policy',
    { ...smallest, oldGroup: 'burn' },
    'oldGroup: expected one of scale-to-zero, keep, delete, found "burn"',
  ],
  [
    'a period that CloudWatch does not know',
    { ...smallest, judge: { period: '7s' } },
    'judge.period: expected 1s, 5s, 10s, 30s or 60s, found 7',
  ],
  [
    'a limit in words',
    { ...smallest, judge: { errors: { limit: 'none' } } },
    'judge.errors.limit: expected off, or a share from 0% to 50%, found "none"',
  ],
  [
    'a ratio that would convict equals',
    { ...smallest, judge: { errors: { ratio: 0.5 } } },
    'judge.errors.ratio: expected at least 1, found 0.5',
  ],
  [
    'a fraction of a request',
    { ...smallest, judge: { minimumRequests: 1.5 } },
    'judge.minimumRequests: expected a whole number, found 1.5',
  ],
])('%s is refused with its place, what was found and what is allowed', (_name, content, message) => {
  expect(problems(content)).toContain(message);
});

test('all mistakes are told at once', () => {
  expect(problems({ ...smallest, bake: 'long', keep: 'longer', colour: 'blue' })).toHaveLength(3);
});

test('what was found is repeated in short', () => {
  const [message] = problems({ ...smallest, region: 'x'.repeat(5000) });
  expect(message!.length).toBeLessThan(200);
});

test('services that differ in name, environment or region never share a key', () => {
  const keys = ['web', 'web-eu'].flatMap((service) =>
    ['production', 'staging'].flatMap((environment) =>
      ['eu-west-1', 'us-east-1'].map((region) => serviceKey({ service, environment, region })),
    ),
  );
  expect(new Set(keys).size).toBe(8);
  expect(problems({ ...smallest, service: 'web.production' })).toHaveLength(1);
});

test('who is told is a URL, and holds no password', () => {
  expect(valid({ notify: { webhook: 'https://hooks.example.com/a?b=c@d' } }).notifyWebhook).toContain('a?b=c@d');
  expect(problems({ ...smallest, notify: { webhook: 'hooks.example.com' } }).join()).toContain('expected the URL');
  expect(problems({ ...smallest, notify: { webhook: 'ftp://example.com' } }).join()).toContain('expected the URL');
  const withPassword = problems({ ...smallest, notify: { webhook: 'https://ann:secret@example.com/' } });
  expect(withPassword).toEqual(['notify.webhook: expected a URL alone, found one with a user name']);
});
