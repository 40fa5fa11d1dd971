import { brokenPromises, toJson, toTable, type DemoReport, type DeploymentReport } from '../../dev/demo/report';

const good: DeploymentReport = {
  service: 'web',
  revision: 'ami-web-v2',
  outcome: 'succeeded',
  reason: 'all steps held',
  seconds: 30,
  counts: { requests: 4500, failedRequests: 0, byVersion: { v2: { requests: 4500, failedRequests: 0 } }, failures: [] },
  safeAfterSeconds: null,
};
const bad: DeploymentReport = {
  service: 'web',
  revision: 'ami-web-v3-bad',
  outcome: 'rolled-back',
  reason: '9 of 100 requests failed',
  seconds: 40,
  counts: {
    requests: 6000,
    failedRequests: 9,
    byVersion: { 'v3-bad': { requests: 100, failedRequests: 9 } },
    failures: [{ at: '2026-11-21T18:12:03Z', reason: 'status 500 from v3-bad', count: 9 }],
  },
  safeAfterSeconds: 2.5,
};
const hangUp = { at: '2026-11-21T18:12:03Z', reason: 'socket hang up', count: 1 };
const kept: DemoReport = { good, bad, workerKilled: true };

test('a run in which everything happened breaks no promise', () => {
  expect(brokenPromises(kept)).toEqual([]);
});

test.each<[string, DemoReport, RegExp]>([
  ['a good version that did not succeed', { ...kept, good: { ...good, outcome: 'needs-attention' } }, /to succeed/],
  [
    'one failed request of the good version',
    { ...kept, good: { ...good, counts: { ...good.counts, failedRequests: 1, failures: [hangUp] } } },
    /1 requests failed .* socket hang up at 2026-11-21T18:12:03Z/,
  ],
  ['no load at all', { ...kept, good: { ...good, counts: { ...good.counts, requests: 0 } } }, /no request was sent/],
  ['a bad version that stayed', { ...kept, bad: { ...bad, outcome: 'succeeded' } }, /to be rolled back/],
  ['a rollback without failures', { ...kept, bad: { ...bad, safeAfterSeconds: null } }, /not convicted by failures/],
  [
    'a failure that is not the bad version’s',
    { ...kept, bad: { ...bad, counts: { ...bad.counts, failedRequests: 10 } } },
    /1 requests failed that ami-web-v3-bad had not answered/,
  ],
  ['a worker that lived', { ...kept, workerKilled: false }, /worker was not killed/],
])('%s breaks exactly one promise, and says which', (_name, report, sentence) => {
  expect(brokenPromises(report)).toEqual([expect.stringMatching(sentence)]);
});

test('the object has the agreed fields and no others', () => {
  expect(toJson(kept)).toEqual({
    deployments: [
      {
        service: 'web',
        revision: 'ami-web-v2',
        outcome: 'succeeded',
        seconds: 30,
        requests: 4500,
        failedRequests: 0,
        safeAfterSeconds: null,
      },
      {
        service: 'web',
        revision: 'ami-web-v3-bad',
        outcome: 'rolled-back',
        seconds: 40,
        requests: 6000,
        failedRequests: 9,
        safeAfterSeconds: 2.5,
      },
    ],
    workerKilled: true,
  });
});

test('the table tells the outcomes and the reasons', () => {
  expect(toTable(kept)).toMatch(
    /ami-web-v2 +succeeded +30\.0 +4500 +0 +-\nami-web-v3-bad +rolled-back +40\.0 +6000 +9 +2\.5 s.*9 of 100/s,
  );
});
