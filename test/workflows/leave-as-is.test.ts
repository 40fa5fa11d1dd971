/** What a person is told when nothing was changed, because going back would have done harm. */
import type { Plan } from '../../domain/plan';
import { leaveAsIs } from '../../workflows/phases/leave-as-is';
import type { DeploymentRun } from '../../workflows/run';

jest.mock('@temporalio/workflow', () => ({ sleep: async () => undefined }));

test('the repairs tell where the traffic is, and the command that does them', () => {
  const finish = jest.fn();
  const names = { group: 'web-2-abc', template: 'web-2-abc', targetGroups: ['web-abc-1'] };
  const plan = { old: { groupName: 'web-v1', minSize: 1 }, names } as Plan;
  const run = { plan, service: { region: 'eu-west-1' }, frozenMinSizes: [2], progress: { split: { newPercent: 20 } } };
  leaveAsIs({ ...run, finish } as unknown as DeploymentRun, { outcome: 'needs-attention', reason: 'held for 24h' });
  expect(finish).toHaveBeenCalledWith('needs-attention', 'held for 24h', {
    repairs: [
      expect.stringMatching(/^20 % of the traffic is on web-2-abc and 80 % on web-v1: .*--back.*--finish/),
      expect.stringContaining('fleetshift recover <service file>'),
      expect.stringContaining('delete group web-2-abc'),
      'set MinSize of web-v1 to 1',
    ],
  });
});
