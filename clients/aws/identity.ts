/** Whose credentials the worker has: asked once at start, so that a missing or wrong key is told then. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { AwsSession } from './sessions';

export async function callerIdentity(aws: AwsSession): Promise<{ account: string; arn: string }> {
  const answer = await aws.sts.send(new GetCallerIdentityCommand({}));
  return { account: answer.Account ?? 'unknown', arn: answer.Arn ?? 'unknown' };
}
