/** One run of a campaign: a service of its own is made, deployed, disturbed, and looked at when everything is over. */
import { readDeployment } from '../../clients/temporal/read-deployment';
import { resultOf } from '../../clients/temporal/result-of';
import { submitDeployment } from '../../clients/temporal/submit-deployment';
import { TemporalError } from '../../clients/temporal/temporal-error';
import type { DeploymentResult, DrainResult } from '../../domain/deployment';
import type { ServiceConfig } from '../../domain/service-file';
import { waitUntil } from '../wait-until';
import type { RunRecord, Source } from './record';
import type { Scenario } from './scenario';
import { newImageIds, requestsPerSecond, secretOf, serviceFileOf, worldOf } from './service';
import { secretPlaces } from './secret-places';
import type { Stage } from './stage';
import { liftFaults, setFaults, Troubles } from './troubles';

/** No deployment of a campaign takes so long unless it is stuck: all limits that it may run into end before. */
const endsWithinMs = 240_000;
const drainsWithinMs = 90_000;
const answersWithinMs = 90_000;

export async function runScenario(stage: Stage, scenario: Scenario): Promise<RunRecord> {
  const { sandbox, outsider } = stage;
  const fromMs = Date.now();
  const service = serviceFileOf(scenario);
  await sandbox.admin.addWorld(worldOf(scenario));
  const source = await outsider.source(scenario);
  await waitUntil(
    `the servers of ${scenario.service} to be healthy`,
    async () => (await outsider.healthyTargets(source.targetGroupArn)) === scenario.servers,
    { deadlineMs: answersWithinMs, everyMs: 250 },
  );
  await sandbox.admin.setVirtualLoad(scenario.service, scenario.hasTraffic ? requestsPerSecond : 0);
  const faults = await setFaults(stage, scenario);
  try {
    const deploymentId = await submit(stage, scenario, service);
    const troubles = new Troubles({ stage, scenario, source, deploymentId });
    const ended = await untilEnded(stage, deploymentId).finally(() => troubles.end());
    const faultHits = await liftFaults(stage, faults);
    return await recordOf({ stage, scenario, service, source, deploymentId, fromMs, troubles, faultHits, ...ended });
  } finally {
    await sandbox.admin.setVirtualLoad(scenario.service, 0);
    await outsider.letGo(scenario.service);
    stage.feed.forget(scenario.service);
  }
}

/** Asks again, with the same key, while it is not known what became of the request: as a pipeline should. */
function submit({ temporal }: Stage, scenario: Scenario, service: ServiceConfig): Promise<string> {
  return waitUntil(
    `the deployment of ${scenario.service} to be admitted`,
    async () => {
      const answer = await submitDeployment({
        temporal,
        submit: {
          service,
          revision: { imageId: newImageIds[scenario.version] },
          idempotencyKey: scenario.service,
          requestedBy: 'campaign',
          reason: `seed ${scenario.seed}`,
          commit: '',
          hotfix: false,
        },
      });
      if (answer.kind !== 'admitted') throw new Error(answer.message);
      return answer.deploymentId;
    },
    { deadlineMs: answersWithinMs, everyMs: 500 },
  );
}

interface Ended {
  result: DeploymentResult | null;
  stuck: string | null;
  drain: DrainResult | null;
  endedMs: number;
}

async function untilEnded(stage: Stage, deploymentId: string): Promise<Ended> {
  const answer = await orNoAnswer(resultOf({ temporal: stage.temporal, id: deploymentId, withinMs: endsWithinMs }));
  const endedMs = Date.now();
  if (answer === null)
    return { result: null, stuck: `it did not end within ${endsWithinMs / 1000} s`, drain: null, endedMs };
  if (answer.kind !== 'ended') {
    const stuck = answer.kind === 'stopped' ? answer.message : 'Temporal does not know it any more';
    return { result: null, stuck, drain: null, endedMs };
  }
  const { drainId } = answer.result;
  return {
    result: answer.result,
    stuck: null,
    drain: drainId === null ? null : await untilDrained(stage, drainId),
    endedMs,
  };
}

/** Null when it does not end in time: perhaps somebody has given weight to old again, and it waits for that to end. */
async function untilDrained({ temporal }: Stage, drainId: string): Promise<DrainResult | null> {
  const answer = await orNoAnswer(resultOf<DrainResult>({ temporal, id: drainId, withinMs: drainsWithinMs }));
  return answer?.kind === 'ended' ? answer.result : null;
}

async function orNoAnswer<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TemporalError && error.code === 'no-answer') return null;
    throw error;
  }
}

interface Known extends Ended {
  stage: Stage;
  scenario: Scenario;
  service: ServiceConfig;
  source: Source;
  deploymentId: string;
  fromMs: number;
  troubles: Troubles;
  faultHits: Record<string, number>;
}

async function recordOf(known: Known): Promise<RunRecord> {
  const { stage, scenario, service, source, deploymentId, fromMs, troubles, faultHits } = known;
  const { result, stuck, drain } = known;
  const seen = await finalView(stage, deploymentId, result === null);
  const world = await stage.outsider.view(scenario.service);
  const ledger = await stage.feed.entriesOf(scenario.service);
  const traffic = await stage.sandbox.admin.virtualTraffic();
  return {
    ...{ scenario, source, deploymentId, fromMs, result, drain, ledger, world, faultHits },
    newImageId: newImageIds[scenario.version],
    settleSeconds: service.shift.settleSeconds,
    minimumRequests: service.judge.minimumRequests,
    stuck: stuck === null ? null : whyStuck(stuck, seen),
    notices: seen.progress.notices,
    requests: seen.progress.requests,
    done: troubles.done,
    ownOutage: troubles.hadOutage,
    outages: stage.workers.outages.filter(({ toMs }) => toMs >= fromMs),
    traffic: traffic[scenario.service] ?? { requests: 0, failedByTargets: 0, unanswered: 0 },
    rows: await stage.outsider.requestRows(scenario.service, targetGroupsIn(ledger, source), fromMs),
    secretSeenIn: await secretPlaces(
      stage,
      [deploymentId, ...(result?.drainId ? [result.drainId] : [])],
      secretOf(scenario),
    ),
  };
}

/** Also those that are gone: their metrics stay. */
function targetGroupsIn(ledger: RunRecord['ledger'], source: Source): string[] {
  const named = ledger.flatMap(({ input }) => JSON.stringify(input).match(/arn:[^"]*:targetgroup\/[^"]+/g) ?? []);
  return [...new Set([source.targetGroupArn, ...named])];
}

/**
 * What the workflow itself says, also after its end; a worker has to be up for that. Of one that is stuck perhaps only
 * Temporal's own record can be read.
 */
async function finalView({ temporal }: Stage, deploymentId: string, isStuck: boolean) {
  return waitUntil(
    `the progress of ${deploymentId}`,
    async () => {
      const answer = await readDeployment({ temporal, deploymentId, answerWithinMs: 15_000 });
      if (answer.kind === 'not-found') throw new Error('Temporal does not know it');
      if (answer.source !== 'workflow' && !isStuck) throw new Error('no worker has answered');
      return answer;
    },
    { deadlineMs: answersWithinMs, everyMs: 500 },
  );
}

function whyStuck(stuck: string, { progress, source, live }: Awaited<ReturnType<typeof finalView>>): string {
  const silence = source === 'workflow' ? [] : ['its workflow does not answer (see the logs of the workers)'];
  return [stuck, `phase ${progress.phase}`, ...silence, ...live].join('; ');
}
