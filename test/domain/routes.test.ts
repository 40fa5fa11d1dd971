import fc from 'fast-check';
import {
  forwardsOf,
  isSticky,
  observedNewPercent,
  references,
  withoutTargetGroup,
  withSplit,
  type RouteAction,
} from '../../domain/routes';

const pair = { oldArn: 'arn:old', newArn: 'arn:new' };
const single: RouteAction[] = [
  {
    Type: 'forward',
    TargetGroupArn: 'arn:old',
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'arn:old', Weight: 1 }] },
  },
];

test('a single target group reads as 0 % on new', () => {
  expect(observedNewPercent(single, pair)).toBe(0);
  expect(observedNewPercent([{ Type: 'forward', TargetGroupArn: 'arn:old' }], pair)).toBe(0);
});

test('what is written reads back, for every whole share', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), (newPercent) => {
      const written = withSplit(single, { ...pair, newPercent });
      return observedNewPercent(written, pair) === newPercent && references(written, pair.newArn);
    }),
  );
});

test('TargetGroupArn is dropped when the list holds several groups', () => {
  expect(withSplit(single, { ...pair, newPercent: 5 })[0]).not.toHaveProperty('TargetGroupArn');
});

test('authenticate actions, order and earlier generations survive a rewrite', () => {
  const actions: RouteAction[] = [
    { Type: 'authenticate-oidc', AuthenticateOidcConfig: { Issuer: 'https://id' } },
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: 'arn:old', Weight: 100 },
          { TargetGroupArn: 'arn:kept', Weight: 0 },
        ],
      },
    },
  ];
  const written = withSplit(actions, { ...pair, newPercent: 10 });
  expect(written[0]).toEqual({
    Type: 'authenticate-oidc',
    AuthenticateOidcConfig: { Issuer: 'https://id', UseExistingClientSecret: true },
  });
  expect(forwardsOf(written)).toEqual([
    { arn: 'arn:old', weight: 90 },
    { arn: 'arn:new', weight: 10 },
    { arn: 'arn:kept', weight: 0 },
  ]);
});

test('a third group with weight makes the share unknown', () => {
  const actions: RouteAction[] = [
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: 'arn:old', Weight: 50 },
          { TargetGroupArn: 'arn:else', Weight: 50 },
        ],
      },
    },
  ];
  expect(observedNewPercent(actions, pair)).toBeNull();
  expect(observedNewPercent([{ Type: 'fixed-response' }], pair)).toBeNull();
});

test('leaving takes out one group and keeps the others with their weights', () => {
  const written = withSplit(single, { ...pair, newPercent: 100 });
  expect(forwardsOf(withoutTargetGroup(written, 'arn:old'))).toEqual([{ arn: 'arn:new', weight: 100 }]);
});

test('stickiness counts only when it is enabled', () => {
  const sticky = (Enabled: boolean): RouteAction[] => [
    { Type: 'forward', ForwardConfig: { TargetGroupStickinessConfig: { Enabled } } },
  ];
  expect([isSticky(sticky(true)), isSticky(sticky(false)), isSticky(single)]).toEqual([true, false, false]);
});
