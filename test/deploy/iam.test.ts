import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** AWS asks for these although no call of that name is made (creation with tags, launch from a template). */
const impliedActions = [
  'autoscaling:CreateOrUpdateTags',
  'ec2:CreateTags',
  'ec2:RunInstances',
  'elasticloadbalancing:AddTags',
  'iam:PassRole',
];

const prefixes: Record<string, string> = {
  'client-auto-scaling': 'autoscaling',
  'client-elastic-load-balancing-v2': 'elasticloadbalancing',
  'client-ec2': 'ec2',
  'client-cloudwatch': 'cloudwatch',
  'client-sts': 'sts',
};

/** Every operation that the code in clients/aws imports a command or paginator for. */
function calledActions(): string[] {
  const folder = join(__dirname, '../../clients/aws');
  const actions = readdirSync(folder).flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    return [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/([^']+)'/g)].flatMap(([, names, client]) =>
      (names ?? '')
        .split(',')
        .map((name) => /^(?:paginate(\w+)|(\w+)Command)$/.exec(name.trim()))
        .flatMap((match) => (match ? [`${prefixes[client ?? '']}:${match[1] ?? match[2]}`] : [])),
    );
  });
  return [...new Set(actions)].sort();
}

interface Statement {
  Effect: string;
  Action: string | string[];
}

test('the IAM policy allows exactly the calls that the code makes, and those that AWS implies', () => {
  const policy = JSON.parse(readFileSync(join(__dirname, '../../deploy/iam/fleetshift-worker.json'), 'utf8')) as {
    Statement: Statement[];
  };
  const allowed = new Set(policy.Statement.filter((one) => one.Effect === 'Allow').flatMap((one) => one.Action));
  // GetCallerIdentity needs no permission.
  const needed = [...calledActions(), ...impliedActions].filter((action) => action !== 'sts:GetCallerIdentity');
  expect([...allowed].sort()).toEqual([...new Set(needed)].sort());
});
