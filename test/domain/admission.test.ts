import fc from 'fast-check';
import { admit, answerToKnown, noAdmissions, queueBound, withoutRequest } from '../../domain/admission';
import { deploymentIdOf } from '../../domain/deployment';
import { submission, TestService, type Policy } from './admission-support';

const policy = fc.constantFrom<Policy>('refuse', 'queue', 'supersede');

test('a service on which nothing runs admits at once under every policy, with numbers that count up', () => {
  const service = new TestService();
  for (const whenBusy of ['refuse', 'queue', 'supersede'] as const) {
    const admission = service.submit(whenBusy);
    expect(admission).toMatchObject({ kind: 'admitted', place: { after: null }, superseded: [] });
    service.end(service.lives.at(-1)!);
  }
  expect(service.lives.map(({ number }) => number)).toEqual([1, 2, 3]);
});

test('refuse names who runs, how many wait, and what to do', () => {
  const service = new TestService();
  service.submit('refuse');
  service.submit('queue');
  const answer = service.submit('refuse');
  expect(answer).toMatchObject({ kind: 'refused' });
  expect(answer).toHaveProperty('message', expect.stringContaining(`${service.lives[0]!.deploymentId} still runs`));
  expect(answer).toHaveProperty('message', expect.stringContaining('1 more wait'));
  expect(answer).toHaveProperty('message', expect.stringContaining('whenBusy: queue'));
});

test('who queues waits for the one just before it, and is told when that changes', () => {
  const service = new TestService();
  for (let count = 0; count < 3; count++) service.submit('queue');
  const [first, second, third] = service.lives;
  expect(service.state.queue.map(({ after }) => after)).toEqual([first!.deploymentId, second!.deploymentId]);
  service.end(second!);
  expect(service.state.queue).toMatchObject([{ deploymentId: third!.deploymentId, after: first!.deploymentId }]);
});

test('whoever supersedes is admitted behind all who are there, and all of them are to be aborted', () => {
  const service = new TestService();
  service.submit('queue');
  service.submit('queue');
  expect(service.submit('supersede')).toMatchObject({
    kind: 'admitted',
    superseded: service.lives.slice(0, 2).map(({ deploymentId }) => deploymentId),
    place: { after: service.lives[1]!.deploymentId },
  });
});

test(`no more than ${queueBound} wait; who supersedes is taken all the same`, () => {
  const service = new TestService();
  for (let count = 0; count <= queueBound; count++) expect(service.submit('queue').kind).toBe('admitted');
  expect(service.submit('queue')).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('20 requests') as string,
  });
  expect(service.submit('supersede').kind).toBe('admitted');
});

test('a key stands for what was first asked with it, however often it comes and whatever has ended', () => {
  const service = new TestService();
  service.submit('queue', 'release-1');
  const id = service.lives[0]!.deploymentId;
  service.end(service.lives[0]!);
  expect(answerToKnown(service.state, submission('queue', 'release-1'))).toMatchObject({
    kind: 'admitted',
    deploymentId: id,
    repeated: true,
  });
  expect(answerToKnown(service.state, submission('queue', 'release-1', 'ami-2'))).toMatchObject({
    kind: 'refused',
    code: 'key-reused',
    message: expect.stringContaining(id) as string,
  });
  expect(answerToKnown(service.state, submission('queue', 'release-2'))).toBeNull();
});

test('a request whose deployment could not be started leaves no trace but its number', () => {
  const service = new TestService();
  const before = service.state;
  service.submit('queue', 'release-1');
  const after = withoutRequest(service.state, service.lives[0]!.deploymentId);
  expect(after).toEqual({ ...before, lastNumber: 1 });
});

const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('submit' as const), policy }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('end' as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('terminate' as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('look' as const, 'forget' as const) }) },
);

type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

function happen(service: TestService, one: Event): void {
  if (one.what === 'submit') {
    // As the workflow does: it looks before it decides.
    service.look();
    service.submit(one.policy);
  } else if (one.what === 'end' || one.what === 'terminate') {
    const life = service.running()[one.which];
    if (life) service[one.what](life);
  } else service[one.what]();
}

test('whatever ends, is terminated or is forgotten: one at a time, in the order of the requests, and nobody is left waiting', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const service = new TestService();
      for (const one of events) {
        happen(service, one);
        const atWork = service.running().filter((life) => life.began);
        expect(atWork.length).toBeLessThanOrEqual(1);
        const waiting = service.running().filter((life) => !life.began);
        for (const life of waiting) expect(life.number).toBeGreaterThan(atWork[0]?.number ?? 0);
      }
      service.look();
      const left = service.running();
      expect(left.map((life) => life.began)).toEqual(left.map((_, index) => index === 0));
      expect(new Set(service.lives.map((life) => life.number)).size).toBe(service.lives.length);
      for (const { deploymentId, request } of service.lives.slice(-100)) {
        const again = answerToKnown(service.state, submission('queue', request!.key));
        expect(again).toMatchObject({ kind: 'admitted', deploymentId });
      }
    }),
    { numRuns: 500 },
  );
});

test('one that was lost begins again under its own id and number, and only when nobody else is there', () => {
  const recovery = { uuid: '7f3a9c1b-2d4e-4f60-8a71-92b3c4d5e6f7', number: 12, way: 'back' as const };
  const request = (key: string) => ({
    ...{ serviceKey: 'web', uuid: 'another' },
    input: { ...submission('queue', key), recovery },
  });
  const admission = admit(noAdmissions, request('first'));
  expect(admission).toMatchObject({
    kind: 'admitted',
    place: { deploymentId: deploymentIdOf('web', recovery.uuid), number: 12, after: null },
    state: { lastNumber: 12 },
  });
  const busy = 'state' in admission ? admission.state : noAdmissions;
  expect(admit(busy, request('second'))).toMatchObject({ kind: 'refused' });
});
