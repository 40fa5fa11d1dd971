/** How a drain writes: it has days, shares its routes with whoever deploys, and tells what it waits for. */
import { sleep } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { pauseSeconds } from '../domain/pace';
import { isHopeless, persistently } from './calls';
import type { DrainRun } from './drain-run';
import { withLeases, type Holder } from './leases';

/**
 * Never two writers on one route: a running deployment is waited out, and told. A write that does not succeed gives
 * way to others in between.
 */
export function exclusively<Answer>(
  run: DrainRun,
  arns: string[],
  write: (limitSeconds: number) => Promise<Answer>,
): Promise<Answer> {
  const sinceMs = Date.now();
  return persistently({
    write: () => inTurn(run, arns, () => brief(run, write)),
    refused: (message) => afterRefusal(run, `${message}; others may write there meanwhile`, sinceMs),
    untilMs: run.state.untilMs,
  });
}

/** Until it is done, and told as late while AWS refuses it. */
export function insist<Answer>(
  run: DrainRun,
  summary: string,
  call: (activities: Activities) => Promise<Answer>,
): Promise<Answer> {
  const sinceMs = Date.now();
  return persistently({
    write: () => call(run.write(summary, run.service.limits.readBackSeconds)),
    refused: (message) => afterRefusal(run, message, sinceMs),
    untilMs: run.state.untilMs,
  });
}

async function afterRefusal(run: DrainRun, message: string, sinceMs: number): Promise<void> {
  run.late(`not done yet: ${message}`);
  const pause = pauseSeconds({ waitedMs: Date.now() - sinceMs, pollSeconds: run.service.pollSeconds });
  await sleep(pause * 1000, { summary: 'let others write, and try again' });
  await run.between();
}

async function brief<Answer>(run: DrainRun, write: (limitSeconds: number) => Promise<Answer>): Promise<Answer> {
  try {
    return await write(run.service.limits.readBackSeconds);
  } catch (error) {
    // A last attempt that was cut off may still be on its way, and must not meet the next holder's write.
    if (!isHopeless(error))
      await sleep(run.input.timeouts.writerSeconds * 1000, { summary: 'until no attempt can write any more' });
    throw error;
  }
}

async function inTurn<Answer>(run: DrainRun, arns: string[], write: () => Promise<Answer>): Promise<Answer> {
  const { timeouts } = run.input;
  const { drain, pollSeconds: everySeconds } = run.service;
  const sinceMs = Date.now();
  let told = '';
  const waiting = ({ holder, thing }: Holder) => {
    if (holder !== told) run.notice(`waiting: ${holder} holds ${thing}`);
    told = holder;
  };
  for (;;) {
    const nowMs = Date.now();
    const untilMs = nowMs + Math.max(drain.upToSeconds * 1000, nowMs - sinceMs);
    const answer = await withLeases(
      { arns, timeouts, everySeconds, untilMs, interrupted: () => false, waiting },
      write,
    );
    if (answer.kind === 'done') return answer.answer;
    await run.renewIfDue();
  }
}
