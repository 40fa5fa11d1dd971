/** The activities of one worker process: with clients of its own, on a wire of its own that its death cuts. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities, type Activities } from '../../../activities';
import { createAwsSessions } from '../../../clients/aws/sessions';
import { noExecutions } from '../../support/no-executions';
import { Wire } from './wire';

export type ActivityName = keyof Activities;
export type InputOf<Name extends ActivityName> = Parameters<Activities[Name]>[0];

/** As workers have them. */
export const timeouts = { heartbeatSeconds: 5, writerSeconds: 10 };
const limitMs = 60_000;
/** Attempts fail here on purpose. */
const logger = new DefaultLogger('ERROR');

export class TestWorker {
  private readonly activities: Activities;

  private constructor(
    private readonly wire: Wire,
    private readonly sessions: ReturnType<typeof createAwsSessions>,
  ) {
    this.activities = createActivities({ aws: sessions, temporal: noExecutions, timeouts });
  }

  static async start(cloudUrl: string): Promise<TestWorker> {
    // Any will do for the sandbox.
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'sandbox', AWS_SECRET_ACCESS_KEY: 'sandbox' });
    const wire = await Wire.open(cloudUrl);
    return new TestWorker(wire, createAwsSessions({ endpoint: wire.url }));
  }

  /** One attempt that begins now. */
  async call<Name extends ActivityName>(
    name: Name,
    input: InputOf<Name>,
  ): Promise<Awaited<ReturnType<Activities[Name]>>> {
    const nowMs = Date.now();
    const info = {
      activityType: name,
      scheduledTimestampMs: nowMs,
      currentAttemptScheduledTimestampMs: nowMs,
      startToCloseTimeoutMs: timeouts.writerSeconds * 1000,
      scheduleToCloseTimeoutMs: limitMs,
      heartbeatTimeoutMs: timeouts.heartbeatSeconds * 1000,
    };
    const environment = new MockActivityEnvironment(info, { logger });
    const activity = this.activities[name] as (input: InputOf<Name>) => Promise<Awaited<ReturnType<Activities[Name]>>>;
    return environment.run<[InputOf<Name>], Awaited<ReturnType<Activities[Name]>>, typeof activity>(activity, input);
  }

  /** Nothing of it reaches the cloud any more, and no answer reaches it. */
  die(): void {
    this.wire.cut();
    this.sessions.close();
  }
}
