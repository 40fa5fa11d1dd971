/** Old leaves the routes, finishes its work and goes; by policy it stays, out of the routes. */
import type { LeaveAnswer } from '../../activities/leaving';
import type { DrainResult } from '../../domain/deployment';
import type { DrainRun } from '../drain-run';
import { exclusively, insist } from '../drain-writes';
import { removeFleet } from './remove-fleet';

export async function letGo(run: DrainRun): Promise<DrainResult> {
  run.enter(run.state.place.stage === 'retire' ? 'retire' : 'drain');
  if (run.service.oldGroup === 'keep') return leaveInPlace(run);
  const { ending, repairs } = await removeFleet({
    fleet: 'old',
    service: run.service,
    plan: run.plan,
    place: run.state.place,
    write: (summary, limitSeconds) => run.write(summary, limitSeconds),
    watch: (summary, call) => run.watch(summary, call),
    tell: (text) => run.late(text),
    hadTraffic: true,
    exclusively: (arns, write) => exclusively(run, arns, write),
    between: async () => {
      await run.between();
      if (run.state.place.stage === 'retire' && run.progress.phase !== 'retire') run.enter('retire');
    },
    untilMs: run.state.untilMs,
  });
  return run.finish(ending, repairs[0] ?? `${run.progress.groupName} is ${ending}`, { repairs });
}

/** It gets its own minimum back and keeps its size. */
async function leaveInPlace(run: DrainRun): Promise<DrainResult> {
  const { groupName } = run.progress;
  const left = await leaveAll(run);
  const restored = await insist(run, 'restore the minimum size of old', (activities) =>
    activities.restoreMinSize({ ...run.onPlan, fleet: 'old', frozenMinSizes: run.state.frozenMinSizes }),
  );
  if (restored.kind === 'foreign-edit') run.notice(`left as it is: ${restored.detail}`);
  if (left.kind === 'left') return run.finish('kept', `${groupName} keeps its servers, as oldGroup says`);
  const problem = `the old fleet is still in a route: ${left.detail}`;
  return run.finish('needs-attention', problem, { repairs: [problem] });
}

async function leaveAll(run: DrainRun): Promise<LeaveAnswer> {
  const onOld = { ...run.onPlan, fleet: 'old' as const };
  for (;;) {
    await run.between();
    const { arns: routeArns } = await insist(run, 'find the routes of the old fleet', (activities) =>
      activities.findFleetRoutes(onOld),
    );
    if (routeArns.length === 0) return { kind: 'left' };
    const answer = await exclusively(run, routeArns, (limitSeconds) =>
      run.write('take the old fleet out of the routes', limitSeconds).leaveRoutes({ ...onOld, routeArns }),
    );
    if (answer.kind !== 'another-route') return answer;
  }
}
