/** What the plan makes of a group that does not stand still while it is read. */
import { closeStage, newImage, openStage, resize, type Stage } from '../crash/support/stage';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => closeStage(stage));

function planned() {
  const { service, plan } = stage;
  const input = { service, uuid: plan.uuid, number: 2, imageId: newImage, deadlineMs: Date.now() + 10_000 };
  return stage.worker.call('planDeployment', input);
}

test('a server that the group launches while it is read is not taken for somebody else’s', async () => {
  const { holds } = stage.cloud;
  const reading = holds.hold('before', ({ operation }) => operation === 'DescribeTargetHealth');
  const answer = planned();
  await reading.reached;
  await resize(stage, 'web-v1', { desiredCapacity: 3 });
  reading.release();
  expect(await answer).toMatchObject({ kind: 'planned' });
});

test('a server of another group in the target group is refused by its id', async () => {
  const { groups, instances } = stage.cloud.cloud.state;
  const [server] = instances.values();
  groups.set('else', { ...structuredClone(groups.get('web-v1')!), name: 'else', tags: [] });
  instances.set('i-else', { ...structuredClone(server!), id: 'i-else', groupName: 'else' });
  const answer = await planned();
  expect(answer).toMatchObject({ kind: 'refused' });
  expect(JSON.stringify(answer)).toContain('not of the source group (i-else)');
});

test('a group that an answer leaves out just after it was found is looked for again', async () => {
  const { holds, cloud } = stage.cloud;
  const isByName = ({ operation, input }: { operation: string; input: unknown }) =>
    operation === 'DescribeAutoScalingGroups' && JSON.stringify(input).includes('AutoScalingGroupNames');
  const asked = holds.hold('before', isByName);
  const looked = holds.hold('after', isByName);
  const answer = planned();
  await asked.reached;
  const group = cloud.state.groups.get('web-v1')!;
  cloud.state.groups.delete('web-v1');
  asked.release();
  await looked.reached;
  cloud.state.groups.set('web-v1', group);
  looked.release();
  expect(await answer).toMatchObject({ kind: 'planned' });
});
