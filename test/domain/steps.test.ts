import fc from 'fast-check';
import {
  holdbackPercentFor,
  neededHealthy,
  oldNeeds,
  oldNeedsForAll,
  plannedGates,
  planSteps,
  splitWeights,
  stepsFrom,
} from '../../domain/steps';

const risingSteps = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 20 })
  .map((steps) => [...steps.sort((a, b) => a - b), 100]);

test('the default steps end at 100 less the holdback', () => {
  const stepPercents = [1, 5, 10, 25, 50, 100];
  expect(planSteps({ stepPercents, holdbackPercent: 2 })).toEqual([1, 5, 10, 25, 50, 98]);
  expect(planSteps({ stepPercents, holdbackPercent: 50 })).toEqual([1, 5, 10, 25, 50]);
  expect(planSteps({ stepPercents: [100], holdbackPercent: 5 })).toEqual([95]);
  expect(planSteps({ stepPercents: [60, 80, 100], holdbackPercent: 50 })).toEqual([50]);
});

test('planned steps rise, keep the holdback, and hold no share that was not asked for but the last', () => {
  fc.assert(
    fc.property(risingSteps, fc.integer({ min: 0, max: 50 }), (stepPercents, holdbackPercent) => {
      const planned = planSteps({ stepPercents, holdbackPercent });
      expect(planned.at(-1)).toBe(100 - holdbackPercent);
      expect(planned.every((percent, index) => index === 0 || percent > planned[index - 1]!)).toBe(true);
      expect(planned.slice(0, -1).every((percent) => stepPercents.includes(percent))).toBe(true);
      const missing = stepPercents.filter((percent) => !planned.includes(percent));
      expect(missing.every((percent) => percent > 100 - holdbackPercent)).toBe(true);
    }),
  );
});

test('a fractional holdback is rounded in favour of old', () => {
  expect(planSteps({ stepPercents: [50, 100], holdbackPercent: 2.5 })).toEqual([50, 97]);
});

test('the holdback is the smallest whole share that gives old 60 requests a period, within 2 and 50 percent', () => {
  for (let requests = 0; requests <= 3_500; requests += 1) {
    const percent = holdbackPercentFor({ oldRequestsPerPeriod: requests });
    expect(Number.isInteger(percent) && percent >= 2 && percent <= 50).toBe(true);
    if (percent < 50) expect((requests * percent) / 100).toBeGreaterThanOrEqual(60);
    if (percent > 2) expect((requests * (percent - 1)) / 100).toBeLessThan(60);
  }
});

test('a rate that is not known, or not a number, keeps the largest holdback', () => {
  expect(holdbackPercentFor({ oldRequestsPerPeriod: 0 })).toBe(50);
  expect(holdbackPercentFor({ oldRequestsPerPeriod: Number.NaN })).toBe(50);
});

test('weights of every whole share are that share, and sum to 100', () => {
  for (let newPercent = 0; newPercent <= 100; newPercent += 1) {
    expect(splitWeights(newPercent)).toEqual({ oldWeight: 100 - newPercent, newWeight: newPercent });
  }
});

test('a share between two whole percents never takes a fleet out or gives it everything', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (newPercent) => {
      const { oldWeight, newWeight } = splitWeights(newPercent);
      expect(oldWeight + newWeight).toBe(100);
      expect(Number.isInteger(newWeight)).toBe(true);
      expect(newWeight === 0).toBe(newPercent === 0);
      expect(oldWeight === 0).toBe(newPercent === 100);
    }),
  );
  expect(splitWeights(97.6)).toEqual({ oldWeight: 2, newWeight: 98 });
});

test.each([-1, 100.5, Number.NaN])('%p is no share', (newPercent) => {
  expect(() => splitWeights(newPercent)).toThrow('expected 0 to 100');
});

test('the servers needed are the smallest number that carries the share, and none only for no share', () => {
  for (let wantedServers = 0; wantedServers <= 60; wantedServers += 1) {
    expect(neededHealthy({ wantedServers, newPercent: 0 })).toBe(0);
    expect(neededHealthy({ wantedServers, newPercent: 100 })).toBe(Math.max(1, wantedServers));
    for (let newPercent = 1; newPercent <= 100; newPercent += 1) {
      const needed = neededHealthy({ wantedServers, newPercent });
      expect(needed).toBeGreaterThanOrEqual(1);
      expect(needed * 100).toBeGreaterThanOrEqual(wantedServers * newPercent);
      if (needed > 1) expect((needed - 1) * 100).toBeLessThan(wantedServers * newPercent);
    }
  }
});

test('a gate stands after the first planned step that reaches it; one that none reaches stands before everything moves', () => {
  const stepPercents = [1, 5, 10, 25, 50, 98];
  expect(plannedGates({ stepPercents, gatePercents: [] })).toEqual([]);
  expect(plannedGates({ stepPercents, gatePercents: [1, 10, 20] })).toEqual([1, 10, 25]);
  expect(plannedGates({ stepPercents, gatePercents: [11, 20] })).toEqual([25]);
  expect(plannedGates({ stepPercents, gatePercents: [98, 99, 100] })).toEqual([98, 100]);
});

test('every gate that was asked for stands somewhere, never before its share is reached', () => {
  fc.assert(
    fc.property(risingSteps, risingSteps, fc.integer({ min: 1, max: 50 }), (asked, gatePercents, holdbackPercent) => {
      const stepPercents = planSteps({ stepPercents: asked, holdbackPercent });
      const gates = plannedGates({ stepPercents, gatePercents });
      expect(gates.every((gate) => gate === 100 || stepPercents.includes(gate))).toBe(true);
      expect(gatePercents.every((wanted) => gates.some((gate) => gate >= wanted))).toBe(true);
      expect(new Set(gates).size).toBe(gates.length);
    }),
  );
});

test('old needs servers for what it still carries, and at least one; none where it had none', () => {
  expect(oldNeeds({ healthyForAll: 10, newPercent: 0 })).toBe(10);
  expect(oldNeeds({ healthyForAll: 10, newPercent: 25 })).toBe(8);
  expect(oldNeeds({ healthyForAll: 10, newPercent: 98 })).toBe(1);
  expect(oldNeeds({ healthyForAll: 10, newPercent: 100 })).toBe(0);
  expect(oldNeeds({ healthyForAll: 0, newPercent: 10 })).toBe(0);
});

test.each([
  [0, [1, 10, 50, 98]],
  [10, [10, 50, 98]],
  [30, [50, 98]],
  [99, [99]],
])('one that has %s %% already goes on with the steps that are left', (share, steps) => {
  expect(stepsFrom([1, 10, 50, 98], share)).toEqual(steps);
});

test('what old needs grows with what the fleets have grown to since the plan, and never shrinks', () => {
  const planned = { desiredCapacity: 4, healthyServers: 4 };
  expect(oldNeedsForAll({ planned, sizesSince: [] })).toBe(4);
  expect(oldNeedsForAll({ planned, sizesSince: [0, 2] })).toBe(4);
  expect(oldNeedsForAll({ planned, sizesSince: [6, 20] })).toBe(20);
  // Half of it carried everything then, so half of what it would be now does.
  expect(oldNeedsForAll({ planned: { desiredCapacity: 4, healthyServers: 2 }, sizesSince: [20] })).toBe(10);
});
