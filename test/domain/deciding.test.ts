import fc from 'fast-check';
import { newPercentAfterGiveBack } from '../../domain/give-back';
import { createdNames, isCopyableTag, managingTool } from '../../domain/names';
import { isQuiet } from '../../domain/quiet';
import { assessReadiness, type FleetFacts } from '../../domain/readiness';
import { restoredMinSize } from '../../domain/restore';
import { chooseSource } from '../../domain/source';
import { templateData } from '../../domain/template';

describe('names', () => {
  test('target group names fit what ELBv2 allows, for every legal service name', () => {
    const serviceName = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/);
    fc.assert(
      fc.property(serviceName, fc.uuid(), fc.integer({ min: 1, max: 9 }), (service, uuid, targetGroupCount) => {
        const { targetGroups } = createdNames({ service, number: 12, uuid, targetGroupCount });
        return (
          targetGroups.every((name) => /^[a-zA-Z0-9][a-zA-Z0-9-]{0,30}[a-zA-Z0-9]$/.test(name)) &&
          new Set(targetGroups).size === targetGroupCount
        );
      }),
    );
  });

  test('reserved and own tags are not copied', () => {
    expect(['aws:autoscaling:groupName', 'fleetshift:service', 'service'].map(isCopyableTag)).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('the owner shows in tags', () => {
    expect(managingTool({ 'aws:cloudformation:stack-name': 'x' })).toBe('cloudformation');
    expect(managingTool({ ManagedBy: 'Terraform' })).toBe('terraform');
    expect(managingTool({ team: 'web' })).toBeNull();
  });
});

describe('choosing the source', () => {
  const selector = { kind: 'tag', key: 'service', value: 'web' } as const;

  test('the one candidate with weight is live', () => {
    const candidates = [
      { groupName: 'web-1', weight: 0 },
      { groupName: 'web-2', weight: 100 },
      { groupName: 'web-3', weight: null },
    ];
    expect(chooseSource(selector, candidates)).toEqual({ kind: 'live', groupName: 'web-2' });
  });

  test.each([
    ['none found', [], 'no Auto Scaling group was found by tag service=web'],
    ['none live', [{ groupName: 'web-1', weight: 0 }], 'web-1 (weight 0)'],
    [
      'two live',
      [
        { groupName: 'web-1', weight: 1 },
        { groupName: 'web-2', weight: 5 },
      ],
      'web-1 (weight 1); web-2 (weight 5)',
    ],
  ])('%s is refused and lists the candidates', (_name, candidates, text) => {
    const choice = chooseSource(selector, candidates);
    expect(choice.kind === 'refused' && choice.problem).toContain(text);
  });
});

describe('readiness', () => {
  const facts = (state: string, lifecycleState = 'InService', imageId: string | null = 'ami-2'): FleetFacts => ({
    wanted: 1,
    imageId: 'ami-2',
    instances: [{ id: 'i-1', lifecycleState, imageId }],
    targetGroups: [
      { name: 'a', targets: [{ instanceId: 'i-1', state: 'healthy', reason: '' }] },
      { name: 'b', targets: [{ instanceId: 'i-1', state, reason: 'Target.NotInUse' }] },
    ],
  });

  test('healthy in every target group, in service and with the image asked for is ready', () => {
    expect(assessReadiness(facts('healthy'))).toEqual({ kind: 'ready', healthy: 1 });
  });

  test.each([
    ['unhealthy in one of several groups', facts('unhealthy')],
    ['unused', facts('unused')],
    ['initial', facts('initial')],
    ['still pending', facts('healthy', 'Pending')],
    ['the wrong image', facts('healthy', 'InService', 'ami-1')],
    ['an unknown image', facts('healthy', 'InService', null)],
    ['an empty group', { ...facts('healthy'), instances: [] }],
    ['not registered in a group', { ...facts('healthy'), targetGroups: [{ name: 'a', targets: [] }] }],
  ])('%s is not ready', (_name, seen) => {
    expect(assessReadiness(seen).kind).toBe('waiting');
  });
});

describe('quiet', () => {
  const row = (leavingRequests: number, stayingRequests: number) => ({
    leavingRequests,
    stayingRequests,
  });

  test('absence alone proves nothing', () => {
    expect(isQuiet([])).toBe(false);
    expect(isQuiet([row(0, 0), row(0, 0)])).toBe(false);
  });

  test('absent or zero beside live traffic is quiet, one request is not', () => {
    expect(isQuiet([row(5, 10), row(0, 10)])).toBe(true);
    expect(isQuiet([row(0, 10)])).toBe(true);
    expect(isQuiet([row(1, 10)])).toBe(false);
  });

  test('a service without any traffic is quiet after some silent periods', () => {
    expect(isQuiet([row(0, 0), row(0, 0), row(0, 0)])).toBe(true);
  });
});

describe('giving back', () => {
  const counts = fc.integer({ min: 0, max: 20 });

  test('never raises new, and never gives to an old fleet without a healthy server', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        counts,
        counts,
        counts,
        (currentNewPercent, oldHealthy, oldNeeded, newHealthy) => {
          const next = newPercentAfterGiveBack({ currentNewPercent, oldHealthy, oldNeeded, newHealthy });
          return next <= currentNewPercent && next >= 0 && (oldHealthy > 0 || next === currentNewPercent);
        },
      ),
    );
  });

  test('everything at once when old is whole, its part when it shrank, everything when new is dead', () => {
    const give = (oldHealthy: number, newHealthy: number) =>
      newPercentAfterGiveBack({ currentNewPercent: 90, oldHealthy, oldNeeded: 4, newHealthy });
    expect([give(4, 4), give(1, 4), give(1, 0), give(0, 4)]).toEqual([0, 75, 0, 90]);
  });
});

test('a freeze is undone three-way', () => {
  const restore = (live: number) => restoredMinSize({ live, frozen: [3, 5], original: 2 });
  expect(restore(5)).toEqual({ kind: 'restore', minSize: 2 });
  expect(restore(2)).toEqual({ kind: 'restore', minSize: 2 });
  expect(restore(4)).toEqual({ kind: 'keep' });
});

test("the clone's template has the new image and everything else of the source", () => {
  const source = {
    ImageId: 'ami-1',
    UserData: 'eA==',
    TagSpecifications: [
      {
        ResourceType: 'instance',
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'aws:x', Value: '2' },
        ],
      },
    ],
  };
  expect(templateData(source, 'ami-2')).toEqual({
    ImageId: 'ami-2',
    UserData: 'eA==',
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: '1' }] }],
  });
});
