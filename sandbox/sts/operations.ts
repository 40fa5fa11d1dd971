import { GetCallerIdentity$, type GetCallerIdentityRequest, type GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { read, type Operation } from '../codec/operation';
import type { Cloud } from '../state/cloud';

export function stsOperations(cloud: Cloud): Operation[] {
  return [
    read<GetCallerIdentityRequest>(GetCallerIdentity$, (): GetCallerIdentityResponse => ({
      Account: cloud.account,
      Arn: `arn:aws:iam::${cloud.account}:user/sandbox`,
      UserId: 'AIDASANDBOX',
    })),
  ];
}
