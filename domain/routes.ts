/** Arithmetic on the action list of one route. AWS replaces the whole list, so every other action must be sent again. */
import { splitWeights } from './steps';

/** The parts of an ELBv2 action that matter here; the rest is carried along untouched. */
export interface RouteAction {
  Type?: string | undefined;
  TargetGroupArn?: string | undefined;
  ForwardConfig?:
    | {
        TargetGroups?: { TargetGroupArn?: string | undefined; Weight?: number | undefined }[] | undefined;
        TargetGroupStickinessConfig?: { Enabled?: boolean | undefined } | undefined;
      }
    | undefined;
  AuthenticateOidcConfig?: object | undefined;
}

export interface WeightedTargetGroup {
  arn: string;
  weight: number;
}

/** A forward action holds at most five target groups (ELBv2 quota). */
export const targetGroupsPerForward = 5;

/** What a route forwards to; a single target group without a weight counts as weight 1. */
export function forwardsOf(actions: readonly RouteAction[]): WeightedTargetGroup[] {
  const forward = actions.find((action) => action.Type === 'forward');
  if (!forward) return [];
  const listed = forward.ForwardConfig?.TargetGroups ?? [];
  if (listed.length > 0) return listed.map((entry) => ({ arn: entry.TargetGroupArn ?? '', weight: entry.Weight ?? 1 }));
  return forward.TargetGroupArn === undefined ? [] : [{ arn: forward.TargetGroupArn, weight: 1 }];
}

export function isSticky(actions: readonly RouteAction[]): boolean {
  return actions.some((action) => action.ForwardConfig?.TargetGroupStickinessConfig?.Enabled === true);
}

/** Share of new in percent, or null when neither of the two has weight or a third one has. */
export function observedNewPercent(
  actions: readonly RouteAction[],
  pair: { oldArn: string; newArn: string },
): number | null {
  const forwards = forwardsOf(actions);
  const weightOf = (arn: string) => forwards.find((one) => one.arn === arn)?.weight ?? 0;
  const oldWeight = weightOf(pair.oldArn);
  const newWeight = weightOf(pair.newArn);
  const total = forwards.reduce((sum, one) => sum + one.weight, 0);
  if (total === 0 || total !== oldWeight + newWeight) return null;
  return (100 * newWeight) / total;
}

/** Whether a route gives weight to any target group that may be meant. */
export function givesWeight(actions: readonly RouteAction[], mayBeMeant: (arn: string) => boolean): boolean {
  return forwardsOf(actions).some((one) => one.weight > 0 && mayBeMeant(one.arn));
}

/**
 * Whether a target group with weight may be one of the fleet's: where not all of new's can be found, and that may be a
 * stale answer, anything that is not old's.
 */
export function mayBeOfFleet(input: {
  fleet: 'old' | 'new';
  oldArns: readonly string[];
  /** Null: not found. */
  newArns: readonly (string | null)[];
}): (arn: string) => boolean {
  const { fleet, oldArns, newArns } = input;
  if (fleet === 'old') return (arn) => oldArns.includes(arn);
  return (arn) => newArns.includes(arn) || (newArns.includes(null) && !oldArns.includes(arn));
}

export function references(actions: readonly RouteAction[], arn: string): boolean {
  return forwardsOf(actions).some((one) => one.arn === arn);
}

/** The action list with the two fleets at the given share; other referenced groups stay as they are. */
export function withSplit<Action extends RouteAction>(
  actions: readonly Action[],
  split: { oldArn: string; newArn: string; newPercent: number },
): Action[] {
  const weights = splitWeights(split.newPercent);
  const others = forwardsOf(actions).filter((one) => one.arn !== split.oldArn && one.arn !== split.newArn);
  return withForwards(actions, [
    { arn: split.oldArn, weight: weights.oldWeight },
    { arn: split.newArn, weight: weights.newWeight },
    ...others,
  ]);
}

/** The action list without references to a target group that has no weight any more. */
export function withoutTargetGroup<Action extends RouteAction>(actions: readonly Action[], arn: string): Action[] {
  return withForwards(
    actions,
    forwardsOf(actions).filter((one) => one.arn !== arn),
  );
}

function withForwards<Action extends RouteAction>(
  actions: readonly Action[],
  forwards: readonly WeightedTargetGroup[],
): Action[] {
  return actions.map((action) => {
    if (action.Type !== 'forward') return resendable(action);
    const rest = { ...action };
    // AWS refuses TargetGroupArn beside a list of several.
    delete rest.TargetGroupArn;
    rest.ForwardConfig = {
      ...action.ForwardConfig,
      TargetGroups: forwards.map((one) => ({ TargetGroupArn: one.arn, Weight: one.weight })),
    };
    return rest;
  });
}

/** The client secret of an OIDC action cannot be read back, so AWS must be told to keep the one it has. */
function resendable<Action extends RouteAction>(action: Action): Action {
  if (action.AuthenticateOidcConfig === undefined) return action;
  return { ...action, AuthenticateOidcConfig: { ...action.AuthenticateOidcConfig, UseExistingClientSecret: true } };
}
