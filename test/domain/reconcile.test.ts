import { answerToKnown, noAdmissions } from '../../domain/admission';
import { reconcile } from '../../domain/reconcile';
import { submission, TestService } from './admission-support';

function serviceWith(count: number): TestService {
  const service = new TestService();
  for (let index = 0; index < count; index++) service.submit('queue');
  return service;
}

test('facts that are as believed change nothing', () => {
  const service = serviceWith(3);
  const { state } = service;
  expect(service.look()).toEqual([]);
  expect(service.state).toEqual(state);
});

test('after a deployment was terminated in the middle, the next one begins and is told what may be left', () => {
  const service = serviceWith(2);
  const [first, second] = service.lives;
  first!.phase = 'shift';
  service.terminate(first!);
  const { state, findings } = reconcile(service.state, service.lives);
  expect(findings).toEqual([`${first!.deploymentId} is terminated`]);
  expect(state).toMatchObject({ running: [{ deploymentId: second!.deploymentId }], queue: [] });
  expect(state.warnings).toEqual([expect.stringMatching(/terminated in phase shift.*fleetshift recover/)]);
  service.look();
  expect(second!.began).toBe(true);
  expect(service.state.warnings).toEqual([]);
});

test.each(['queued', 'plan'])('one that was terminated in %s has made nothing, and nobody is warned', (phase) => {
  const service = serviceWith(1);
  service.lives[0]!.phase = phase;
  service.terminate(service.lives[0]!);
  service.look();
  expect(service.state).toMatchObject({ running: [], warnings: [] });
});

test('warnings wait for the next one that begins, whether it comes at once or later', () => {
  const service = serviceWith(1);
  Object.assign(service.lives[0]!, { phase: 'bake' });
  service.terminate(service.lives[0]!);
  service.look();
  service.look();
  expect(service.state.warnings).toHaveLength(1);
  expect(service.submit('refuse')).toMatchObject({ kind: 'admitted', warnings: [expect.stringContaining('bake')] });
  expect(service.state.warnings).toEqual([]);
});

test('a deployment that was reset and runs again has a place again, so that the next one waits', () => {
  const service = serviceWith(1);
  const [first] = service.lives;
  service.end(first!);
  Object.assign(first!, { status: 'running', phase: 'shift' });
  expect(service.look()).toEqual([`${first!.deploymentId} runs`]);
  expect(service.submit('refuse')).toMatchObject({ kind: 'refused' });
});

test('one that is decided and about to end keeps nobody waiting', () => {
  const service = serviceWith(1);
  const [first] = service.lives;
  service.end(first!);
  Object.assign(first!, { status: 'running', phase: 'decided' });
  expect(service.look()).toEqual([]);
  expect(service.submit('refuse')).toMatchObject({ kind: 'admitted', place: { after: null } });
});

test('a deployment that Temporal does not know any more keeps no place', () => {
  const service = serviceWith(2);
  const { state, findings } = reconcile(service.state, service.lives.slice(1));
  expect(findings).toEqual([`${service.lives[0]!.deploymentId} is not known`]);
  expect(state.running).toMatchObject([{ deploymentId: service.lives[1]!.deploymentId }]);
});

test('a service whose workflow was terminated knows its deployments, their order, numbers and requests again', () => {
  const service = serviceWith(3);
  const [first, second, third] = service.lives;
  const { state } = reconcile(noAdmissions, [third!, first!, second!]);
  expect(state.running).toMatchObject([{ deploymentId: first!.deploymentId }]);
  expect(state.queue).toMatchObject([{ deploymentId: second!.deploymentId }, { deploymentId: third!.deploymentId }]);
  expect(state.lastNumber).toBe(3);
  expect(answerToKnown(state, submission('queue', second!.request!.key))).toMatchObject({
    repeated: true,
    deploymentId: second!.deploymentId,
  });
});

test('a service whose workflow was terminated together with its deployment warns of that one, not of older ones', () => {
  const service = serviceWith(2);
  const [first, second] = service.lives;
  Object.assign(first!, { phase: 'ready', status: 'terminated' });
  Object.assign(second!, { phase: 'shift', status: 'terminated' });
  service.forget();
  expect(service.state.warnings).toEqual([expect.stringContaining('in phase shift')]);
});
