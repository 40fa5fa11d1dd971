import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { isOutage } from '../../workflows/calls';

const failed = (cause: Error) => new ActivityFailure('failed', 'writeSplit', '1', 'TIMEOUT', undefined, cause);
const limitOver = (cause?: Error) => withCause(new TimeoutFailure('limit', undefined, 'SCHEDULE_TO_CLOSE'), cause);
const attemptOver = () => new TimeoutFailure('attempt', undefined, 'START_TO_CLOSE');

/** As the SDK makes it of the server's failure. */
function withCause(failure: TimeoutFailure, cause: Error | undefined): TimeoutFailure {
  return Object.assign(failure, cause === undefined ? {} : { cause });
}

test('a limit that ran out with nobody at work is an outage, also when a worker died in the attempt before', () => {
  expect(isOutage(failed(limitOver()))).toBe(true);
  expect(isOutage(failed(limitOver(attemptOver())))).toBe(true);
});

test('a limit that ran out on something that an attempt told of is none', () => {
  expect(isOutage(failed(limitOver(ApplicationFailure.retryable('no', 'transient'))))).toBe(false);
  expect(isOutage(failed(ApplicationFailure.nonRetryable('no', 'denied')))).toBe(false);
  expect(isOutage(attemptOver())).toBe(false);
});
