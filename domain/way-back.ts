/** The way back without Fleetshift: plain `aws` commands that give all traffic back to old. Pure. */
import { withSplit, type RouteAction } from './routes';

export interface WayBackRoute {
  kind: 'rule' | 'listener';
  arn: string;
  /** The route's whole action list as it is now; AWS replaces it as a whole. */
  actions: readonly RouteAction[];
  oldArn: string;
  newArn: string;
}

/**
 * One command line per route, for a POSIX shell and the AWS command line of version 1 or 2. Each may be run at any
 * share and more than once. The secret of an OIDC action is not in it: AWS is told to keep the one it has.
 */
export function wayBackCommands({ region, routes }: { region: string; routes: readonly WayBackRoute[] }): string[] {
  return routes.map(({ kind, arn, actions, oldArn, newArn }) => {
    const back = JSON.stringify(withSplit(actions, { oldArn, newArn, newPercent: 0 }));
    const words =
      kind === 'rule'
        ? ['modify-rule', '--region', region, '--rule-arn', arn, '--actions', back]
        : ['modify-listener', '--region', region, '--listener-arn', arn, '--default-actions', back];
    return ['aws', 'elbv2', ...words.map(shellWord)].join(' ');
  });
}

/** Quotes one word so that a POSIX shell takes it as it is: between single quotes nothing but the quote has a meaning. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
