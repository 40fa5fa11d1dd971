import { invariants, violationsOf } from '../../dev/campaign/invariants';
import { tells } from '../../dev/campaign/secret-places';
import type { RunRecord } from '../../dev/campaign/record';
import {
  andBack,
  atMs,
  createGroup,
  deleted,
  deletedTargetGroup,
  forward,
  ledgerOf,
  newArn,
  oldArn,
  resultAs,
  rolledBack,
  route,
  scenario,
  sized,
  succeeded,
  weights,
  type Call,
} from './campaign-record';

/** One call in place of another. */
function swapped(calls: readonly Call[], index: number, call: Call): RunRecord['ledger'] {
  return ledgerOf(calls.map((known, at) => (at === index ? call : known)));
}

const firstStep = forward.findIndex((call) => call.operation === 'UpdateAutoScalingGroup') + 2;
const foreignEdit = weights({ [oldArn]: 63, [newArn]: 37 }, { caller: 'outsider', atS: 1 });

/** Each breaks one rule, and what is said about it. */
const breaches: [string, string, RunRecord][] = [
  [
    'weight needs health',
    'which needs 1 healthy servers, and it had 0',
    succeeded({ ledger: swapped(forward, firstStep, { ...forward[firstStep]!, healthy: { [oldArn]: 2 } }) }),
  ],
  [
    'weight needs health',
    'which needs 2 healthy servers, and it had 1',
    rolledBack({ ledger: swapped(andBack, 7, { ...andBack[7]!, healthy: { [oldArn]: 1, [newArn]: 2 } }) }),
  ],
  [
    'serving fleets',
    'while it had weight in arn:listener',
    succeeded({ ledger: swapped(forward, 9, weights({ [oldArn]: 10, [newArn]: 90 })) }),
  ],
  ['old capacity', 'after its last weight was taken', succeeded({ settleSeconds: 15 })],
  [
    'old capacity',
    'before any period in which new had requests and old had none',
    succeeded({
      rows: { [oldArn]: [{ startMs: atMs(14), requests: 1 }], [newArn]: [{ startMs: atMs(14), requests: 9 }] },
    }),
  ],
  [
    'one of each',
    'CreateAutoScalingGroup made run-000000-1-x and run-000000-1-y',
    succeeded({
      ledger: ledgerOf([
        ...forward,
        { ...createGroup, input: { ...createGroup.input, AutoScalingGroupName: 'run-000000-1-y' } },
      ]),
    }),
  ],
  ['one of each', 'CreateAutoScalingGroup came after', rolledBack({ ledger: ledgerOf([...andBack, createGroup]) })],
  [
    'revisions stay apart',
    'run-000000-v1 launched ami-new',
    succeeded({ world: { ...succeeded().world, instances: [{ group: 'run-000000-v1', imageId: 'ami-new' }] } }),
  ],
  [
    'launches',
    'changed what a group launches',
    succeeded({ ledger: ledgerOf([...forward, sized('old', { LaunchTemplate: {} }, { atS: 22 })]) }),
  ],
  [
    'removals',
    'was forced',
    succeeded({ ledger: swapped(forward, 11, { ...deleted('old'), input: { ForceDelete: true } }) }),
  ],
  [
    'removals',
    'removed run-000000-v1, which no deployment had made',
    succeeded({ scenario: { ...scenario, oldGroup: 'scale-to-zero' } }),
  ],
  [
    'removals',
    'removed somebody-else, which no deployment had made',
    succeeded({
      ledger: ledgerOf([...forward, { ...deleted('new'), input: { AutoScalingGroupName: 'somebody-else' } }]),
    }),
  ],
  [
    'removals',
    'while a route gave it traffic',
    rolledBack({ ledger: swapped(andBack, 8, weights({ [oldArn]: 90, [newArn]: 10 })) }),
  ],
  [
    'removals',
    'removed run-000000, which no deployment had made',
    succeeded({ ledger: ledgerOf([...forward, deletedTargetGroup(oldArn)]) }),
  ],
  ['removals', 'while a route named it', rolledBack({ ledger: swapped(andBack, 8, sized('new', { MinSize: 2 })) })],
  [
    'belongings',
    "the source's launch template is gone",
    rolledBack({ world: { ...rolledBack().world, templateNames: [] } }),
  ],
  ['left in order', 'was refused, and yet it wrote', rolledBack({ result: resultAs('refused') })],
  ['left in order', 'does not say for what', rolledBack({ result: resultAs('needs-attention') })],
  [
    'left in order',
    'MinSize of old was left at 2',
    rolledBack({ world: { ...rolledBack().world, groups: [{ ...rolledBack().world.groups[0]!, min: 2 }] } }),
  ],
  [
    'left in order',
    'launch template run-000000-1-x was left behind',
    rolledBack({ world: { ...rolledBack().world, templateNames: ['run-000000', 'run-000000-1-x'] } }),
  ],
  [
    'left in order',
    'was left with {"arn:old',
    rolledBack({ world: { ...rolledBack().world, routes: { [route]: { [oldArn]: 100, [newArn]: 0 } } } }),
  ],
  [
    'left in order',
    'old was left with 0/2, 2 servers',
    succeeded({
      world: {
        ...succeeded().world,
        groups: [...succeeded().world.groups, { name: 'run-000000-v1', min: 0, max: 6, desired: 2, servers: 2 }],
      },
    }),
  ],
  [
    'left in order',
    'MinSize of new was left at 2',
    succeeded({ world: { ...succeeded().world, groups: [{ ...succeeded().world.groups[0]!, min: 2 }] } }),
  ],
  [
    'judged',
    'it succeeded on 9 requests of new',
    succeeded({ result: resultAs('succeeded', { judge: { newRequests: 9 } as never }) }),
  ],
  [
    'foreign edits',
    'on the way forward',
    succeeded({ ledger: ledgerOf([...forward.slice(0, 7), foreignEdit, ...forward.slice(7)]) }),
  ],
  [
    'foreign edits',
    'nobody was told',
    rolledBack({ ledger: ledgerOf([...andBack.slice(0, 7), foreignEdit, ...andBack.slice(7)]) }),
  ],
  [
    'one direction',
    'raised new again after it had been taken back',
    rolledBack({ ledger: ledgerOf([...andBack, weights({ [oldArn]: 50, [newArn]: 50 })]) }),
  ],
  [
    'downtime',
    '3 of 1000 requests met no healthy server',
    succeeded({ traffic: { requests: 1000, failedByTargets: 0, unanswered: 3 } }),
  ],
  [
    'downtime',
    '3 of 1000 requests failed',
    succeeded({ traffic: { requests: 1000, failedByTargets: 3, unanswered: 0 } }),
  ],
  [
    'secrets',
    'the secret of the user data is in the history',
    succeeded({ secretSeenIn: ['the history of a workflow'] }),
  ],
];

test('a run in which all went well breaks nothing, forward and back', () => {
  expect(violationsOf(succeeded())).toEqual([]);
  expect(violationsOf(rolledBack())).toEqual([]);
});

test.each(breaches)('%s: %s', (name, said, record) => {
  expect(violationsOf(record)).toContainEqual(expect.stringMatching(new RegExp(`^${name}: .*${escaped(said)}`)));
});

test('every invariant has been seen to catch something', () => {
  expect(Object.keys(invariants).sort()).toEqual([...new Set(breaches.map(([name]) => name))].sort());
});

test('an edit that is told is no breach on the way back, and one that was taken back none at all', () => {
  const told = [{ atMs: 0, text: 'overwritten on the way back: route x was changed by somebody else' }];
  const edited = ledgerOf([...andBack.slice(0, 7), foreignEdit, ...andBack.slice(7)]);
  expect(violationsOf(rolledBack({ ledger: edited, notices: told }))).toEqual([]);
  const takenBack = weights({ [oldArn]: 50, [newArn]: 50 }, { caller: 'outsider', atS: 2 });
  expect(
    violationsOf(
      succeeded({ ledger: ledgerOf([...forward.slice(0, 7), foreignEdit, takenBack, ...forward.slice(7)]) }),
    ),
  ).toEqual([]);
});

test('a secret is found in the payloads of a history, plain and as base64', () => {
  const historyWith = (text: string) => ({ events: [{ input: { payloads: [{ data: Buffer.from(text) }] } }] });
  expect(tells(historyWith('{"userData":"a password"}'), 'a password')).toBe(true);
  expect(tells(historyWith(`{"userData":"${Buffer.from('a password').toString('base64')}"}`), 'a password')).toBe(true);
  expect(tells(historyWith('{"userData":"nothing"}'), 'a password')).toBe(false);
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
