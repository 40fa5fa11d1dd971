import { answerToKnown, noAdmissions } from '../../domain/admission';
import { requestDigest, submitInputProblem, type SubmitAnswer } from '../../domain/deployment';
import { requestAgain, rulingOnRequest, undoneBy } from '../../domain/late-rollback';
import { parseServiceFile } from '../../domain/service-file';

function serviceWith(change: object = {}) {
  const answer = parseServiceFile({ service: 'web', region: 'eu-west-1', source: { group: 'web-v1' }, ...change });
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
  return answer.service;
}

const deploymentId = 'deploy:web.production.eu-west-1:0f9e';
const undone = { deploymentId, number: 8, service: serviceWith(), previousImageId: 'ami-0before' };
const byAda = requestAgain({ undone, asked: { by: 'ada', reason: 'slow carts' } }, null);
const admitted = {
  ...{ kind: 'admitted', deploymentId: 'deploy:web.production.eu-west-1:77', number: 9, repeated: false, after: null },
} as const satisfies SubmitAnswer;

test('what ran before is asked for with the settings of what is undone, by who asked and with the reason', () => {
  expect(byAda).toEqual({
    service: undone.service,
    revision: { imageId: 'ami-0before' },
    idempotencyKey: 'rollback-of-0f9e',
    requestedBy: 'ada',
    reason: `rollback of #8 (${deploymentId}): slow carts`,
    commit: '',
    hotfix: true,
    undoes: deploymentId,
  });
  expect(submitInputProblem(byAda)).toBeNull();
});

test('whoever asks for whatever reason, it is one request; after a try that did not succeed it is another', () => {
  const byBob = requestAgain({ undone, asked: {} }, null);
  expect(byBob).toMatchObject({ requestedBy: 'unknown', reason: `rollback of #8 (${deploymentId})` });
  const place = { deploymentId: admitted.deploymentId, number: 9, after: null };
  const known = { ...place, key: byAda.idempotencyKey, digest: requestDigest(byAda) };
  const state = { ...noAdmissions, requests: [known] };
  expect(answerToKnown(state, byBob)).toEqual({ ...admitted, repeated: true });
  expect(answerToKnown(state, requestAgain({ undone, asked: {} }, admitted.deploymentId))).toBeNull();
});

test('the longest reason that may be given is not too long for the request', () => {
  const long = requestAgain({ undone, asked: { reason: 'x'.repeat(2000) } }, null);
  expect(submitInputProblem(long)).toBeNull();
});

test('an image that the plan did not know is not known', () => {
  const record = { deploymentId, number: 8, service: undone.service };
  expect(undoneBy({ ...record, plan: { old: { imageId: '' } } })).toMatchObject({ previousImageId: null });
  expect(undoneBy({ ...record, plan: { old: { imageId: 'ami-0before' } } })).toEqual(undone);
});

test('who asked is told by which deployment it is done, what comes before that, and why it is refused', () => {
  expect(rulingOnRequest(admitted, byAda)).toEqual({
    kind: 'taken',
    text: `ami-0before is deployed again by #9, ${admitted.deploymentId}`,
    deploymentId: admitted.deploymentId,
  });
  const late = { ...admitted, after: 'deploy:other', warnings: ['one was cut off'] };
  expect(rulingOnRequest(late, byAda).text).toMatch(
    /; after deploy:other, which is waited for; warning: one was cut off$/,
  );
  const superseding = { ...byAda, service: serviceWith({ whenBusy: 'supersede' }) };
  expect(rulingOnRequest(late, superseding).text).toContain('after deploy:other, which is aborted');
  const { deploymentId } = admitted;
  expect(rulingOnRequest({ ...admitted, repeated: true }, byAda)).toMatchObject({ kind: 'already', deploymentId });
  expect(rulingOnRequest({ kind: 'refused', code: 'busy', message: 'deploy:other still runs' }, byAda)).toEqual({
    kind: 'refused',
    text: 'ami-0before cannot be deployed again now: deploy:other still runs',
  });
});
