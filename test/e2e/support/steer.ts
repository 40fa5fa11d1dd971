/** Steering deployments as operators do: verbs with an answer, and what is then recorded. */
import { Worker } from '@temporalio/worker';
import type { ControlAnswer, ControlRequest, Ruling, Verb } from '../../../domain/control';
import type { DeploymentProgress } from '../../../domain/deployment';
import { workflowBundle } from '../../support/changed-build';
import { progressOf, untilProgress } from './deployments';
import { breachesOf } from './ledger';
import type { Stage } from './stage';
import { viewOf } from './view';

/** Settings of a service whose steps and bake end only when somebody ends them. */
export const long = { shift: { stepTime: '10m' }, bake: '10m' };
/** Nobody sends requests: a step is passed without them. */
export const unjudged = { shift: { stepTime: '1s', lowTraffic: 'advance' } };

export async function ask(stage: Stage, id: string, verb: Verb, request: ControlRequest = {}): Promise<ControlAnswer> {
  return stage.temporal.client.workflow
    .getHandle(id)
    .executeUpdate<ControlAnswer, [ControlRequest]>(verb, { args: [request] });
}

/**
 * Asks one verb after the other and expects these rulings; each must be in the recorded requests at once, with who asked
 * and why.
 */
export async function walk(stage: Stage, id: string, asked: [Verb, Ruling['kind']][]): Promise<void> {
  const before = (await progressOf(stage, id)).requests.length;
  const given: [Verb, Ruling['kind']][] = [];
  for (const [verb, expected] of asked) {
    const note = { by: 'ada', reason: `expected to be ${expected}` };
    const answer = await ask(stage, id, verb, note);
    given.push([verb, answer.kind]);
    expect(answer.text).not.toBe('');
    expect(answer.state.requests.at(-1)).toMatchObject({ verb, ...note, ruling: answer.kind });
    if (verb === 'pause' && answer.kind === 'taken') expect(answer.state.pause).toMatchObject(note);
    if (verb === 'resume') expect(answer.state.pause).toBeNull();
  }
  expect(given).toEqual(asked);
  expect((await progressOf(stage, id)).requests.slice(before)).toHaveLength(asked.length);
}

export async function untilPhase(stage: Stage, id: string, phase: string): Promise<void> {
  await untilProgress(stage, id, `the phase ${phase}`, (progress) => progress.phase === phase);
}

/** Everything is as it was: no trace of the deployment is left, and old has all traffic. */
export async function expectUntouched(stage: Stage, name: string): Promise<void> {
  const view = await viewOf(stage, name);
  expect(view).toMatchObject({ targetGroups: [name], templates: [name] });
  expect(view.routes.map((weights) => Object.keys(weights))).toEqual([[name]]);
  expect(view.groups).toMatchObject([{ name: `${name}-v1`, min: 1 }]);
  expect(await breachesOf(stage, name)).toEqual([]);
}

/** What was said of a deployment, oldest first. */
export function noticesOf(progress: DeploymentProgress): string {
  return progress.notices.map((notice) => notice.text).join('\n');
}

/** A worker that has seen nothing of it comes to the same commands from the history alone. */
export async function expectReplay(stage: Stage, id: string): Promise<void> {
  const history = await stage.temporal.client.workflow.getHandle(id).fetchHistory();
  await Worker.runReplayHistory(
    // The bundle has its payload converter; naming it here would be a require, which jest refuses beside other tests.
    { workflowBundle: { code: workflowBundle() } },
    history,
    id,
  );
}
