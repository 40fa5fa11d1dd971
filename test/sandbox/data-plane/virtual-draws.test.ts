import { binomial, multinomial } from '../../../sandbox/data-plane/virtual/binomial';
import { drawRequests, isFailure, type Drawn } from '../../../sandbox/data-plane/virtual/draw-requests';
import type { ForwardTo, ImageProgram } from '../../../sandbox/data-plane/types';
import { goodProgram } from './support';

/** Of a right sampler, one test in 5 × 10^8 is further away (two-sided tail of the normal distribution). */
const sigmas = 6;

/** Around the mean of a binomial count, whose standard deviation is √(n·p·(1 − p)). */
function expectCount(count: number, trials: number, probability: number): void {
  const bound = sigmas * Math.sqrt(trials * probability * (1 - probability));
  expect(Math.abs(count - trials * probability)).toBeLessThanOrEqual(bound);
}

function draw(
  count: number,
  targetGroups: ForwardTo[],
  programs: Record<string, (ImageProgram | undefined)[]>,
  targetTimeoutMs = 60_000,
): Drawn {
  const programsOf = (arn: string) => programs[arn] ?? [];
  return drawRequests(count, targetGroups, { programsOf, targetTimeoutMs, random: Math.random });
}

function countOf({ requests }: Drawn, matches: (drawn: Drawn['requests'][number]) => boolean): number {
  return requests.filter(matches).reduce((sum, { count }) => sum + count, 0);
}

test.each([0.003, 0.2, 0.5, 0.97])('a binomial of p = %p has its mean and its variance', (probability) => {
  const [trials, draws] = [40, 20_000];
  const counts = Array.from({ length: draws }, () => binomial(trials, probability, Math.random));
  expectCount(
    counts.reduce((sum, count) => sum + count, 0),
    trials * draws,
    probability,
  );
  // The fourth central moment of a binomial gives the spread of the mean squared deviation.
  const variance = trials * probability * (1 - probability);
  const fourth = variance * (1 + 3 * variance - (6 * variance) / trials);
  const measured = counts.reduce((sum, count) => sum + (count - trials * probability) ** 2, 0) / draws;
  expect(Math.abs(measured - variance)).toBeLessThanOrEqual(sigmas * Math.sqrt((fourth - variance ** 2) / draws));
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...counts)).toBeLessThanOrEqual(trials);
});

test('certain and impossible things are not drawn', () => {
  expect([binomial(7, 0, Math.random), binomial(7, 1, Math.random), binomial(0, 0.5, Math.random)]).toEqual([0, 7, 0]);
  expect(multinomial(9, [0, 3, 0], Math.random)).toEqual([0, 9, 0]);
});

test('requests go by the weights, and none goes to a weight of 0', () => {
  const requests = 100_000;
  const groups = [
    { targetGroupArn: 'old', weight: 90 },
    { targetGroupArn: 'new', weight: 10 },
    { targetGroupArn: 'idle', weight: 0 },
  ];
  const drawn = draw(requests, groups, { old: [goodProgram], new: [goodProgram], idle: [goodProgram] });
  const ofGroup = (arn: string) => countOf(drawn, ({ targetGroupArn }) => targetGroupArn === arn);
  expectCount(ofGroup('new'), requests, 0.1);
  expect(ofGroup('old') + ofGroup('new')).toBe(requests);
  expect([ofGroup('idle'), drawn.unanswered]).toEqual([0, 0]);
});

test('each server of a group gets its part, and fails by the rates of its own image', () => {
  const requests = 100_000;
  const bad = { ...goodProgram, errorRate: 0.2, brokenRate: 0.1 };
  const drawn = draw(requests, [{ targetGroupArn: 'mixed', weight: 1 }], {
    mixed: [goodProgram, goodProgram, goodProgram, bad],
  });
  // A broken answer comes first: only what is not broken can be a 500.
  expectCount(
    countOf(drawn, ({ end }) => end.balancerStatus === 502),
    requests,
    0.25 * 0.1,
  );
  expectCount(
    countOf(drawn, ({ end }) => end.targetStatus === 500),
    requests,
    0.25 * 0.9 * 0.2,
  );
  expectCount(countOf(drawn, isFailure), requests, 0.25 * (0.1 + 0.9 * 0.2));
});

test('without a healthy server nobody answers; only the part of that group is lost', () => {
  const requests = 100_000;
  const groups = [
    { targetGroupArn: 'old', weight: 3 },
    { targetGroupArn: 'empty', weight: 1 },
  ];
  expectCount(draw(requests, groups, { old: [goodProgram] }).unanswered, requests, 0.25);
  expect(draw(5, [{ targetGroupArn: 'old', weight: 0 }], { old: [goodProgram] }).unanswered).toBe(5);
});

test('a server that is gone and one that hangs are answered for by the balancer', () => {
  const hanging = { ...goodProgram, latencyMs: 1500 };
  const [group] = [{ targetGroupArn: 'old', weight: 1 }];
  const ends = (programs: (ImageProgram | undefined)[]) =>
    draw(10, [group], { old: programs }, 1000).requests.map(({ end, count }) => [end, count]);
  expect(ends([undefined])).toEqual([[{ balancerStatus: 502, connectionFailed: true }, 10]]);
  expect(ends([hanging])).toEqual([[{ balancerStatus: 504 }, 10]]);
});
