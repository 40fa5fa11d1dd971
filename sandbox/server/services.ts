import * as autoScalingSdk from '@aws-sdk/client-auto-scaling';
import * as cloudWatchSdk from '@aws-sdk/client-cloudwatch';
import * as ec2Sdk from '@aws-sdk/client-ec2';
import * as elbSdk from '@aws-sdk/client-elastic-load-balancing-v2';
import * as stsSdk from '@aws-sdk/client-sts';
import { autoScalingOperations } from '../autoscaling/operations';
import { cloudWatchOperations } from '../cloudwatch/operations';
import { JsonProtocol } from '../codec/json-protocol';
import type { Operation } from '../codec/operation';
import type { Protocol } from '../codec/protocol';
import { QueryProtocol } from '../codec/query-protocol';
import type { ServiceName } from '../control/types';
import { ec2Operations } from '../ec2/operations';
import { elbOperations } from '../elbv2/operations';
import type { Cloud } from '../state/cloud';
import { stsOperations } from '../sts/operations';
import { readErrorStatuses } from './error-statuses';

export interface Service {
  name: ServiceName;
  /** Version of its query API, to find the service of an unsigned request. */
  version: string;
  protocol: Protocol;
  operations: Map<string, Operation>;
  /** Error code on the wire to HTTP status, from the service's own schemas. */
  errorStatuses: Map<string, number>;
  /** The service's own words for errors that each service spells differently. */
  errors: ServiceErrors;
}

export interface ServiceErrors {
  throttled: [code: string, status: number];
  internal: [code: string, status: number];
  unsigned: [code: string, status: number];
  invalidKey: [code: string, status: number];
  unknownOperation: [code: string, status: number];
  missingMember: [code: string, status: number];
}

const queryErrors: ServiceErrors = {
  throttled: ['Throttling', 400],
  internal: ['InternalFailure', 500],
  unsigned: ['MissingAuthenticationToken', 403],
  invalidKey: ['InvalidClientTokenId', 403],
  unknownOperation: ['InvalidAction', 400],
  missingMember: ['ValidationError', 400],
};

const ec2Errors: ServiceErrors = {
  throttled: ['RequestLimitExceeded', 503],
  internal: ['InternalError', 500],
  unsigned: ['MissingAuthenticationToken', 403],
  invalidKey: ['AuthFailure', 401],
  unknownOperation: ['InvalidAction', 400],
  missingMember: ['MissingParameter', 400],
};

const jsonErrors: ServiceErrors = {
  throttled: ['ThrottlingException', 400],
  internal: ['InternalServiceFault', 500],
  unsigned: ['MissingAuthenticationTokenException', 403],
  invalidKey: ['InvalidClientTokenId', 403],
  unknownOperation: ['UnknownOperationException', 400],
  missingMember: ['ValidationError', 400],
};

export function createServices(cloud: Cloud): Service[] {
  return [
    {
      name: 'autoscaling',
      version: '2011-01-01',
      protocol: new QueryProtocol('query', 'http://autoscaling.amazonaws.com/doc/2011-01-01/'),
      operations: byName(autoScalingOperations(cloud)),
      errorStatuses: readErrorStatuses(autoScalingSdk),
      errors: queryErrors,
    },
    {
      name: 'elasticloadbalancing',
      version: '2015-12-01',
      protocol: new QueryProtocol('query', 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/'),
      operations: byName(elbOperations(cloud)),
      errorStatuses: readErrorStatuses(elbSdk),
      errors: { ...queryErrors, throttled: ['ThrottlingException', 400] },
    },
    {
      name: 'ec2',
      version: '2016-11-15',
      protocol: new QueryProtocol('ec2', 'http://ec2.amazonaws.com/doc/2016-11-15/'),
      operations: byName(ec2Operations(cloud)),
      errorStatuses: readErrorStatuses(ec2Sdk),
      errors: ec2Errors,
    },
    {
      name: 'sts',
      version: '2011-06-15',
      protocol: new QueryProtocol('query', 'https://sts.amazonaws.com/doc/2011-06-15/'),
      operations: byName(stsOperations(cloud)),
      errorStatuses: readErrorStatuses(stsSdk),
      errors: queryErrors,
    },
    {
      name: 'monitoring',
      version: '2010-08-01',
      protocol: new JsonProtocol(),
      operations: byName(cloudWatchOperations(cloud)),
      errorStatuses: readErrorStatuses(cloudWatchSdk),
      errors: jsonErrors,
    },
  ];
}

function byName(operations: Operation[]): Map<string, Operation> {
  return new Map(operations.map((operation) => [operation.schema[2], operation]));
}
