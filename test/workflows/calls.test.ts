import {
  ActivityFailure,
  ApplicationFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  TimeoutFailure,
  type ProtoFailure,
} from '@temporalio/common';
import { activityFailureMessage, isOutage } from '../../workflows/calls';

const told = (error: Error): ProtoFailure => defaultFailureConverter.errorToFailure(error, defaultPayloadConverter);
const refused = told(ApplicationFailure.retryable('AWS said no', 'transient'));

/** A limit or an attempt that ran out, with the failure of the attempt before as the server gives it. */
function ranOut(what: 'SCHEDULE_TO_CLOSE' | 'START_TO_CLOSE', before?: ProtoFailure): ProtoFailure {
  const failure = told(new TimeoutFailure('activity timeout', undefined, what));
  return before === undefined ? failure : { ...failure, cause: before };
}

/** A call's failure as the SDK makes it of the server's answer. */
function failed(cause: ProtoFailure): Error {
  const failure = told(new ActivityFailure('Activity task failed', 'writeSplit', '1', 'TIMEOUT', 'worker'));
  return defaultFailureConverter.failureToError({ ...failure, cause }, defaultPayloadConverter);
}

test('a limit that ran out with nobody at work is an outage, also when a worker died in the attempt before', () => {
  expect(isOutage(failed(ranOut('SCHEDULE_TO_CLOSE')))).toBe(true);
  expect(isOutage(failed(ranOut('SCHEDULE_TO_CLOSE', ranOut('START_TO_CLOSE'))))).toBe(true);
});

test('a limit that ran out on something that an attempt told of is none, and the sentence is what it told', () => {
  for (const cause of [
    ranOut('SCHEDULE_TO_CLOSE', refused),
    ranOut('SCHEDULE_TO_CLOSE', ranOut('START_TO_CLOSE', refused)),
    refused,
  ]) {
    expect(isOutage(failed(cause))).toBe(false);
    expect(activityFailureMessage(failed(cause))).toBe('AWS said no');
  }
  expect(isOutage(new TimeoutFailure('attempt', undefined, 'START_TO_CLOSE'))).toBe(false);
});

test('when nobody told of anything, the sentence says that and where to look', () => {
  const sentence = activityFailureMessage(failed(ranOut('SCHEDULE_TO_CLOSE')));
  expect(sentence).toMatch(/^writeSplit was not done in time: .*whether workers are up$/);
});
