/** AWS clients per region and role, all with the same timeouts, write fence and error table. */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { refusalToWrite, StaleAttemptError } from './attempt';
import { toAwsCallError } from './errors';

/** Where a service lives. */
export interface AwsScope {
  region: string;
  roleArn?: string;
}

export interface AwsSession {
  readonly region: string;
  readonly autoScaling: AutoScalingClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly ec2: EC2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly sts: STSClient;
  close(): void;
}

/** One try of one call; below every writer's deadline, so that a hung call cannot outlive its attempt. */
export const callTimeoutMs = 4_000;
const triesPerCall = 3;

/** A lookup of sessions; each is made once and kept for the life of the process. */
export type AwsSessions = ((scope: AwsScope) => AwsSession) & { close(): void };

/** @param options.endpoint where AWS is, instead of what the environment (AWS_ENDPOINT_URL) or the region say */
export function createAwsSessions(options: { endpoint?: string } = {}): AwsSessions {
  const sessions = new Map<string, AwsSession>();
  const lookup = (scope: AwsScope): AwsSession => {
    const key = `${scope.region} ${scope.roleArn ?? ''}`;
    const known = sessions.get(key);
    if (known) return known;
    const made = createSession(scope, options);
    sessions.set(key, made);
    return made;
  };
  return Object.assign(lookup, {
    close: () => {
      for (const session of sessions.values()) session.close();
      sessions.clear();
    },
  });
}

function createSession({ region, roleArn }: AwsScope, options: { endpoint?: string }): AwsSession {
  const config = {
    region,
    ...options,
    maxAttempts: triesPerCall,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: callTimeoutMs, throwOnRequestTimeout: true },
    ...(roleArn === undefined
      ? {}
      : { credentials: fromTemporaryCredentials({ params: { RoleArn: roleArn, RoleSessionName: 'fleetshift' } }) }),
  };
  const clients = {
    autoScaling: new AutoScalingClient(config),
    elb: new ElasticLoadBalancingV2Client(config),
    ec2: new EC2Client(config),
    cloudWatch: new CloudWatchClient(config),
    sts: new STSClient(config),
  };
  for (const client of Object.values(clients)) guardClient(client as GuardedClient, region);
  return {
    region,
    ...clients,
    close: () => Object.values(clients).forEach((client) => client.destroy()),
  };
}

type Handler = (args: unknown) => Promise<unknown>;
type HandlerContext = { commandName?: string; clientName?: string };

/** What the five clients have in common of the SDK's middleware stack. */
interface GuardedClient {
  middlewareStack: {
    add(middleware: (next: Handler, context: HandlerContext) => Handler, options: object): void;
  };
}

function guardClient(client: GuardedClient, region: string): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof StaleAttemptError) throw error;
        const service = (context.clientName ?? 'AWS').replace(/Client$/, '');
        throw toAwsCallError({ operation: operationOf(context), service, region, error });
      }
    },
    { name: 'explainErrors', step: 'initialize', priority: 'high' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = operationOf(context);
      const refusal = isRead(operation) ? null : refusalToWrite(operation, callTimeoutMs, Date.now());
      if (refusal !== null) throw new StaleAttemptError(refusal);
      return next(args);
    },
    { name: 'fenceWrites', step: 'finalizeRequest', priority: 'low' },
  );
}

function operationOf(context: HandlerContext): string {
  return (context.commandName ?? 'call').replace(/Command$/, '');
}

function isRead(operation: string): boolean {
  return /^(Describe|Get|List|Assume)/.test(operation);
}
