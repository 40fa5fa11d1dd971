/** Lets one old generation go, after the deployment is decided: kept for a while, drained, retired. */
import { CancellationScope, setCurrentDetails, setHandler, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { ActivityTimeouts } from '../activities/deps';
import { drainIdOf, type DrainProgress, type DrainResult } from '../domain/deployment';
import type { Plan } from '../domain/plan';
import type { ServiceConfig } from '../domain/service-file';
import { activityFailureMessage, watch, writers, type Caller } from './calls';
import { drainProgressQuery } from './messages';
import { removeFleet } from './phases/remove-fleet';
import { searchAttributes } from './search-attributes';

export interface DrainInput {
  deploymentId: string;
  service: ServiceConfig;
  plan: Plan;
  timeouts: ActivityTimeouts;
  frozenMinSizes: number[];
  keepUntilMs: number;
}

/** A drain waits for real work, so only a person ends one that takes longer than this. */
const giveUpSeconds = 30 * 86_400;

export async function drain(input: DrainInput): Promise<DrainResult> {
  // A cancel would leave the old fleet frozen half-way; what a person may want instead is in the operator's guide.
  return CancellationScope.nonCancellable(() => drainOld(input));
}

async function drainOld(input: DrainInput): Promise<DrainResult> {
  const { service, plan } = input;
  const caller: Caller = { timeouts: input.timeouts, direction: 'back', limitSeconds: giveUpSeconds };
  const progress: DrainProgress = {
    drainId: drainIdOf(input.deploymentId),
    deploymentId: input.deploymentId,
    phase: 'keep',
    phaseSinceMs: Date.now(),
    groupName: plan.old.groupName,
    remaining: null,
    late: false,
    pause: null,
    requests: [],
    notices: [],
  };
  const enter = (phase: DrainProgress['phase']) => {
    progress.phase = phase;
    progress.phaseSinceMs = Date.now();
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
    setCurrentDetails(`**${phase}** ${plan.old.groupName}`);
  };
  const end = (ending: DrainResult['ending'], repairs: string[]): DrainResult => {
    enter('finished');
    return { drainId: progress.drainId, groupName: plan.old.groupName, ending, repairs };
  };
  setHandler(drainProgressQuery, () => progress);
  enter('keep');
  await sleep(Math.max(0, input.keepUntilMs - Date.now()), { summary: 'keep old for an instant way back' });
  try {
    if (service.oldGroup === 'keep') return end('kept', await leaveInPlace(input, caller));
    const answer = await removeFleet({
      fleet: 'old',
      service,
      plan,
      write: (summary) => writers(caller, summary),
      watch: (summary, call) => watch(caller, summary, call, () => false),
      tell: (text) => {
        progress.late = true;
        progress.notices = [...progress.notices, { atMs: Date.now(), text }].slice(-60);
      },
      hadTraffic: true,
      untilMs: Date.now() + giveUpSeconds * 1000,
      entered: enter,
    });
    return end(answer.ending, answer.repairs);
  } catch (error) {
    const message = activityFailureMessage(error);
    if (message === undefined) throw error;
    return end('needs-attention', [`let ${plan.old.groupName} go: ${message}`]);
  }
}

/** By policy the old group stays at its size; it only leaves the routes and gets its own minimum back. */
async function leaveInPlace({ service, plan, frozenMinSizes }: DrainInput, caller: Caller): Promise<string[]> {
  const left = await writers(caller, 'take the old fleet out of the routes').leaveRoutes({
    service,
    plan,
    fleet: 'old',
  });
  const restored = await writers(caller, 'restore the minimum size of old').restoreMinSize({
    service,
    plan,
    fleet: 'old',
    frozenMinSizes,
  });
  return [
    ...(left.kind === 'left' ? [] : [`the old fleet is still in a route: ${left.detail}`]),
    ...(restored.kind === 'restored' ? [] : [restored.detail]),
  ];
}
