import { leaseStand, mustHold, type LeaseFacts } from '../../domain/leases';

const free = (arn: string): LeaseFacts => ({
  arn,
  leaseId: `lease:${arn}`,
  holder: null,
  holderRuns: false,
  quietAtMs: 0,
});
const heldBy = (arn: string, holder: string): LeaseFacts => ({ ...free(arn), holder, holderRuns: true });

describe('what has to be done before somebody holds everything', () => {
  const stand = (facts: LeaseFacts[], lettingGo: string[] = []) => leaseStand(facts, { owner: 'drain:a', lettingGo });

  test('what it holds already, as after a reset, stays; what is free is taken', () => {
    expect(stand([heldBy('rule', 'drain:a'), free('group')])).toMatchObject({
      kind: 'open',
      missing: [{ arn: 'group' }],
      orphans: [],
    });
  });

  test('a lease that it has let go does not count as held, although it names it until it has ended', () => {
    const facts = [heldBy('rule', 'drain:a')];
    expect(stand(facts, ['lease:rule'])).toMatchObject({ kind: 'open', missing: facts, orphans: facts });
  });

  test('what a running workflow holds is taken, what an ended one left is an orphan', () => {
    expect(stand([heldBy('rule', 'deploy:b')])).toEqual({ kind: 'taken', holder: 'deploy:b', thing: 'rule' });
    const orphan = { ...heldBy('rule', 'deploy:b'), holderRuns: false, quietAtMs: 5 };
    expect(stand([orphan])).toMatchObject({ kind: 'open', orphans: [orphan], quietAtMs: 5 });
  });
});

test('a deployment must hold all that was planned, anybody else the routes that a write is told to be on', () => {
  const plan = { old: { groupArn: 'arn:group' }, routes: [{ arn: 'arn:rule' }] };
  expect(mustHold({ workflowType: 'deployment', plan })).toEqual(['arn:group', 'arn:rule']);
  expect(mustHold({ workflowType: 'drain', plan, routeArns: ['b', 'a'] })).toEqual(['a', 'b']);
  expect(mustHold({ workflowType: 'drain', plan })).toBeNull();
});
