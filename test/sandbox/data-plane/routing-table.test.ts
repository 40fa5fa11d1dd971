import { RoutingTable } from '../../../sandbox/data-plane/balancer/routing-table';
import type { RuleSettings } from '../../../sandbox/data-plane/types';

describe('the routing of one request', () => {
  it('goes by the first rule in the order of priorities that matches, and else by the default', () => {
    const table = new RoutingTable([
      rule(1_000_000, 'default'),
      rule(20, 'any-api', { field: 'path-pattern', values: ['/api/*'] }),
      rule(10, 'users', { field: 'path-pattern', values: ['/api/users/?', '/people'] }),
    ]);
    expect(groupOf(table, '/api/users/7')).toBe('users');
    expect(groupOf(table, '/people?page=2')).toBe('users');
    expect(groupOf(table, '/api/users/77')).toBe('any-api');
    expect(groupOf(table, '/API/users/7')).toBe('default');
    expect(groupOf(table, '/')).toBe('default');
  });

  it('compares host names without their port and case, and takes every other sign literally', () => {
    const table = new RoutingTable([
      rule(1, 'shop', { field: 'host-header', values: ['*.shop.example'] }),
      rule(1_000_000, 'default'),
    ]);
    expect(groupOf(table, '/', 'WWW.Shop.Example:8080')).toBe('shop');
    expect(groupOf(table, '/', 'www-shop-example')).toBe('default');
  });

  it('needs all conditions of a rule', () => {
    const table = new RoutingTable([
      rule(1, 'both', { field: 'host-header', values: ['a.example'] }, { field: 'path-pattern', values: ['/x'] }),
      rule(1_000_000, 'default'),
    ]);
    expect(groupOf(table, '/x', 'a.example')).toBe('both');
    expect(groupOf(table, '/x', 'b.example')).toBe('default');
    expect(groupOf(table, '/y', 'a.example')).toBe('default');
  });

  it.each([
    [0, 'one'],
    [0.2499, 'one'],
    [0.25, 'two'],
    [0.9999, 'two'],
  ])('draws by weight over sum, and never a group of weight 0 (draw %d)', (drawn, expected) => {
    const table = new RoutingTable(
      [
        forward(1, [
          { targetGroupArn: 'zero', weight: 0 },
          { targetGroupArn: 'one', weight: 1 },
          { targetGroupArn: 'two', weight: 3 },
          { targetGroupArn: 'none', weight: 0 },
        ]),
      ],
      () => drawn,
    );
    expect(groupOf(table, '/')).toBe(expected);
  });

  it('leads nowhere when all weights are 0', () => {
    const table = new RoutingTable([forward(1, [{ targetGroupArn: 'zero', weight: 0 }])]);
    expect(table.route('/', '')).toEqual({ kind: 'nowhere' });
  });
});

function rule(priority: number, targetGroupArn: string, ...conditions: RuleSettings['conditions']): RuleSettings {
  return { priority, conditions, action: { kind: 'forward', targetGroups: [{ targetGroupArn, weight: 1 }] } };
}

function forward(priority: number, targetGroups: { targetGroupArn: string; weight: number }[]): RuleSettings {
  return { priority, conditions: [], action: { kind: 'forward', targetGroups } };
}

function groupOf(table: RoutingTable, url: string, host = 'any.example'): string {
  const route = table.route(url, host);
  return route.kind === 'forward' ? route.targetGroupArn : route.kind;
}
