import type { RequestEnd } from '../metrics/request-counters';
import type { ForwardTo, ImageProgram } from '../types';
import { binomial, multinomial } from './binomial';

/** So many requests that were sent to one target group and ended alike. */
export interface DrawnRequests {
  targetGroupArn: string;
  end: RequestEnd;
  count: number;
}

export interface Drawn {
  requests: DrawnRequests[];
  /** Answered with 503 by the balancer, for want of a healthy server. */
  unanswered: number;
}

export interface DrawOptions {
  /** What the healthy targets of a group run, one entry each; undefined: nobody listens there any more. */
  programsOf: (targetGroupArn: string) => readonly (ImageProgram | undefined)[];
  targetTimeoutMs: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

/** Where `count` requests go by the weights, which servers they meet, and how they end. */
export function drawRequests(count: number, targetGroups: readonly ForwardTo[], options: DrawOptions): Drawn {
  const open = targetGroups.filter(({ weight }) => weight > 0);
  if (open.length === 0) return { requests: [], unanswered: count };
  const weights = open.map(({ weight }) => weight);
  const drawn: Drawn = { requests: [], unanswered: 0 };
  for (const [index, share] of multinomial(count, weights, options.random).entries()) {
    const targetGroupArn = open[index]?.targetGroupArn ?? '';
    const programs = options.programsOf(targetGroupArn);
    if (programs.length === 0) drawn.unanswered += share;
    else drawn.requests.push(...inGroup(targetGroupArn, share, programs, options));
  }
  return drawn;
}

function inGroup(
  targetGroupArn: string,
  count: number,
  programs: readonly (ImageProgram | undefined)[],
  options: DrawOptions,
): DrawnRequests[] {
  const servers = new Map<ImageProgram | undefined, number>();
  for (const program of programs) servers.set(program, (servers.get(program) ?? 0) + 1);
  const shares = multinomial(count, [...servers.values()], options.random);
  return [...servers.keys()]
    .flatMap((program, index) => endsOf(program, shares[index] ?? 0, options))
    .filter((requests) => requests.count > 0)
    .map((requests) => ({ targetGroupArn, ...requests }));
}

function endsOf(
  program: ImageProgram | undefined,
  count: number,
  { targetTimeoutMs, random }: DrawOptions,
): { end: RequestEnd; count: number }[] {
  if (program === undefined) return [{ end: { balancerStatus: 502, connectionFailed: true }, count }];
  const broken = binomial(count, program.brokenRate, random);
  if (program.latencyMs > targetTimeoutMs) {
    return [
      { end: { balancerStatus: 502 }, count: broken },
      { end: { balancerStatus: 504 }, count: count - broken },
    ];
  }
  const failed = binomial(count - broken, program.errorRate, random);
  const targetSeconds = program.latencyMs / 1000;
  return [
    { end: { balancerStatus: 502 }, count: broken },
    { end: { targetStatus: 500, targetSeconds }, count: failed },
    { end: { targetStatus: 200, targetSeconds }, count: count - broken - failed },
  ];
}

/** The server, not the client, is to blame. */
export function isFailure({ end }: DrawnRequests): boolean {
  return end.balancerStatus !== undefined || (end.targetStatus ?? 0) >= 500;
}
