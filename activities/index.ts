import type { ActivityDeps, ActivityTimeouts } from './deps';
import { createAdmissionActivities } from './admission';
import { createCloneActivities } from './clone';
import { createDrainActivities } from './drain';
import { createGiveBackActivities } from './give-back';
import { createGroupActivities } from './group';
import { createJudgeActivities } from './judge';
import { createLeaseActivities, underLeases } from './leases';
import { createLeavingActivities } from './leaving';
import { createNotifyActivities } from './notify';
import { createPlanActivities } from './plan';
import { createReadinessActivities } from './readiness';
import { createRecoveryActivities } from './recovery';
import { createRetireActivities } from './retire';
import { createTargetGroupActivities } from './target-group';
import { createTemplateActivities } from './template';
import { createTrafficActivities } from './traffic';
import { createWayBackActivities } from './way-back';
import { createWayBackRiskActivities } from './way-back-risk';

export function createActivities(deps: ActivityDeps) {
  return underLeases(deps, {
    /** Settings of this worker that a workflow needs, so that its history has them. */
    workerTimeouts: async (): Promise<ActivityTimeouts> => deps.timeouts,
    ...createAdmissionActivities(deps),
    ...createLeaseActivities(deps),
    ...createNotifyActivities(deps),
    ...createPlanActivities(deps),
    ...createTemplateActivities(deps),
    ...createTargetGroupActivities(deps),
    ...createCloneActivities(deps),
    ...createGroupActivities(deps),
    ...createReadinessActivities(deps),
    ...createTrafficActivities(deps),
    ...createGiveBackActivities(deps),
    ...createJudgeActivities(deps),
    ...createLeavingActivities(deps),
    ...createDrainActivities(deps),
    ...createRetireActivities(deps),
    ...createWayBackActivities(deps),
    ...createWayBackRiskActivities(deps),
    ...createRecoveryActivities(deps),
  });
}

export type Activities = ReturnType<typeof createActivities>;
