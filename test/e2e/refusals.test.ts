import { deploy, resultOf, serviceFile } from './support/deployments';
import { ledgerOf } from './support/ledger';
import { openStage, type Stage } from './support/stage';
import { images } from './support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage([
    { name: 'plain' },
    {
      name: 'hooked',
      group: {
        lifecycleHooks: [
          { LifecycleHookName: 'drain-first', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' },
        ],
      },
    },
  ]);
}, 120_000);

afterAll(() => stage.stop(), 60_000);

test.each([
  [
    'a source that does not exist',
    'plain',
    { source: { group: 'plain-v9' } },
    images.good,
    'no Auto Scaling group was found by name plain-v9',
  ],
  [
    'a route that does not exist',
    'plain',
    { source: { route: 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:listener/app/none/1/2' } },
    images.good,
    'no Auto Scaling group',
  ],
  ['an unknown image', 'plain', {}, 'ami-nowhere', 'image ami-nowhere does not exist'],
  ['an image for another architecture', 'plain', {}, images.otherArchitecture, 'arm64'],
  ['a source with a lifecycle hook', 'hooked', {}, images.good, 'lifecycle hooks drain-first'],
])('%s is refused with nothing created', async (_name, serviceName, change, imageId, reason) => {
  const result = await resultOf(stage, await deploy(stage, serviceFile(serviceName, change), imageId));
  expect(result).toMatchObject({ outcome: 'refused', newGroup: null });
  expect(result.reason).toContain(reason);
  expect(await ledgerOf(stage, serviceName)).toEqual([]);
});
