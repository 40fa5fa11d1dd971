import { wrongAbout } from '../../dev/bench/endings';
import type { EndedDeployment } from '../../dev/bench/live';
import { goalsOf, perDeployment, type ScaleReport } from '../../dev/bench/report';
import type { LevelReport } from '../../dev/bench/measure';
import type { DeploymentResult, DrainResult } from '../../domain/deployment';

const drain: DrainResult = {
  drainId: 'drain:a:1',
  groupName: 'a-v1',
  ending: 'scaled-to-zero',
  reason: 'old is gone',
  trafficRestoredAtMs: null,
  repairs: [],
};
const result: DeploymentResult = {
  deploymentId: 'deploy:a:1',
  service: 'a',
  number: 1,
  revision: { imageId: 'ami-2' },
  previousImageId: 'ami-1',
  outcome: 'succeeded',
  reason: 'all traffic is on new',
  startedAtMs: 0,
  endedAtMs: 1,
  trafficRestoredAtMs: null,
  judge: null,
  oldGroup: 'a-v1',
  newGroup: 'a-1',
  warnings: [],
  repairs: [],
  drainId: 'drain:a:1',
};
const promoted: EndedDeployment = {
  ...{ service: 'a', deploymentId: 'deploy:a:1', wish: 'promote', historyEvents: 200, drain },
  ended: { kind: 'ended', result },
};
const traffic = { requests: 100, failedByTargets: 0, unanswered: 0 };
const onNew = new Map([['a', { old: 0, others: 3 }]]);

test('a promoted deployment that went live without a failed request is right', () => {
  expect(wrongAbout(promoted, onNew, traffic)).toEqual([]);
});

test('an aborted one is right when its old servers are back and nothing else is left', () => {
  const ended = { kind: 'ended' as const, result: { ...result, outcome: 'aborted' as const } };
  const aborted: EndedDeployment = { ...promoted, wish: 'abort', ended, drain: null };
  expect(wrongAbout(aborted, new Map([['a', { old: 3, others: 0 }]]), traffic)).toEqual([]);
  expect(wrongAbout(aborted, onNew, traffic)).toEqual(['a: has 0 old and 3 other servers, wanted 3 and 0']);
});

test.each<[string, Parameters<typeof wrongAbout>, string]>([
  [
    'rolled back instead of live',
    [{ ...promoted, ended: { kind: 'ended', result: { ...result, outcome: 'rolled-back' } } }, onNew, traffic],
    'a: was to be succeeded and is rolled-back',
  ],
  [
    'stopped without a result',
    [{ ...promoted, ended: { kind: 'stopped', message: 'terminated' } }, onNew, traffic],
    'a: was to be succeeded and is stopped',
  ],
  [
    'with something left to repair',
    [{ ...promoted, ended: { kind: 'ended', result: { ...result, repairs: ['x'] } } }, onNew, traffic],
    'a: left to repair: x',
  ],
  [
    'with its old fleet still there',
    [{ ...promoted, drain: { ...drain, ending: 'needs-attention' } }, onNew, traffic],
    'a: its old fleet ended needs-attention',
  ],
  ['with servers missing', [promoted, new Map(), traffic], 'a: has 0 old and 0 other servers, wanted 0 and 3'],
  ['with requests failed', [promoted, onNew, { ...traffic, unanswered: 2 }], 'a: 2 of its requests failed'],
  ['without traffic', [promoted, onNew, { ...traffic, requests: 0 }], 'a: had no traffic'],
])('one that ended %s is told', (_, given, sentence) => {
  expect(wrongAbout(...given)).toEqual([sentence]);
});

const level: LevelReport = {
  live: 100,
  windowSeconds: 60,
  worker: { cpuPercent: 50, residentMb: 400, peakResidentMb: 500 },
  temporal: { cpuPercent: 10, residentMb: 200 },
  calls: { 'elasticloadbalancing:DescribeTargetHealth': 1200, 'cloudwatch:GetMetricData': 600 },
};
const report: ScaleReport = {
  ...{ cores: 2, pollSeconds: 10, periodSeconds: 10, seconds: 600, examples: [], wrongEndings: 0 },
  historyEvents: { mean: 200, max: 200, ofLongest: 200 },
  outcomes: { succeeded: 100 },
  levels: [{ ...level, live: 1, calls: { 'cloudwatch:GetMetricData': 12 } }, level],
};

test('calls and time are told for one deployment and an hour of it', () => {
  expect(perDeployment(level)).toEqual({
    cpuSecondsPerHour: 18,
    callsPerHour: 1080,
    batchableCallsPerHour: 360,
    looksPerHour: 360,
  });
});

test('a run in which all went well reaches every goal', () => {
  expect(goalsOf(report).filter(({ holds }) => !holds)).toEqual([]);
});

test.each<[string, Partial<ScaleReport>, RegExp]>([
  ['a wrong ending', { wrongEndings: 1 }, /wrong endings/],
  ['a worker that looks too rarely', { pollSeconds: 5 }, /looks/],
  ['a worker that needs more than a core', withLast({ worker: { ...level.worker, cpuPercent: 120 } }), /CPU/],
  ['calls that grow with the deployments', { levels: [level, level] }, /batchable/],
  ['a history that grows', { historyEvents: { mean: 200, max: 2500, ofLongest: 200 } }, /history/],
])('%s misses one', (_, changed, name) => {
  const missed = goalsOf({ ...report, ...changed }).filter(({ holds }) => !holds);
  expect(missed.map((goal) => goal.name)).toEqual([expect.stringMatching(name)]);
});

function withLast(changed: Partial<LevelReport>): Partial<ScaleReport> {
  return { levels: [...report.levels.slice(0, 1), { ...level, ...changed }] };
}
