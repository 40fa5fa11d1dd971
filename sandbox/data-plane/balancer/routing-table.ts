import type { ForwardTo, RouteAction, RuleSettings } from '../types';
import { wildcard } from './wildcard';

/** What to do with one request. */
export type Route =
  | { kind: 'forward'; targetGroupArn: string }
  /** The action names no target group with a weight above 0. */
  | { kind: 'nowhere' }
  | Extract<RouteAction, { kind: 'fixed-response' }>;

type Matches = (path: string, host: string) => boolean;

const nowhere: Route = { kind: 'nowhere' };

/** The rules of a listener, compiled once so that routing a request is cheap. */
export class RoutingTable {
  private readonly rules: { matches: Matches; route: () => Route }[];

  /** @param random uniform in [0, 1), for the weighted choice */
  constructor(rules: readonly RuleSettings[], random: () => number = Math.random) {
    this.rules = [...rules]
      .sort((one, other) => one.priority - other.priority)
      .map((rule) => ({ matches: matcherOf(rule), route: routeOf(rule.action, random) }));
  }

  /**
   * The first rule that matches decides.
   * @param url as in the request line; the query is not part of the match
   * @param host as in the header; its port is not part of the match
   */
  route(url: string, host: string): Route {
    const queryAt = url.indexOf('?');
    const path = queryAt < 0 ? url : url.slice(0, queryAt);
    for (const rule of this.rules) {
      if (rule.matches(path, host)) return rule.route();
    }
    return nowhere;
  }
}

/** Paths are compared with their case, host names without, as on AWS. */
function matcherOf(rule: RuleSettings): Matches {
  const conditions = rule.conditions.map(({ field, values }): Matches => {
    const patterns = values.map((value) => wildcard(value, { ignoreCase: field === 'host-header' }));
    if (field === 'path-pattern') return (path) => patterns.some((pattern) => pattern.test(path));
    return (_path, host) => patterns.some((pattern) => pattern.test(host.replace(/:\d+$/, '')));
  });
  return (path, host) => conditions.every((matches) => matches(path, host));
}

function routeOf(action: RouteAction, random: () => number): () => Route {
  if (action.kind === 'fixed-response') return () => action;
  return weightedChoice(action.targetGroups, random);
}

/** Each group gets the share weight/sum; a group of weight 0 gets nothing, not even by rounding. */
function weightedChoice(targetGroups: readonly ForwardTo[], random: () => number): () => Route {
  let sum = 0;
  const choices = targetGroups
    .filter(({ weight }) => weight > 0)
    .map(({ targetGroupArn, weight }) => {
      sum += weight;
      return { upTo: sum, route: { kind: 'forward', targetGroupArn } satisfies Route };
    });
  return () => {
    const drawn = random() * sum;
    return choices.find(({ upTo }) => drawn < upTo)?.route ?? nowhere;
  };
}
