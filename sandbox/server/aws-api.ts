import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError } from '../aws-error';
import type { Operation } from '../codec/operation';
import { inputSchema, type AwsRequest, type AwsResponse } from '../codec/protocol';
import { findMissingMember } from '../codec/required-members';
import type { Barriers } from '../control/barriers';
import type { CallCounts } from '../control/call-counts';
import type { Call } from '../control/call-match';
import type { Faults } from '../control/faults';
import type { History } from '../control/history';
import type { Ledger } from '../control/ledger';
import { countHealthyTargets } from '../elbv2/target-health';
import type { Cloud } from '../state/cloud';
import { findService, readSignature } from './route-request';
import type { Service, ServiceErrors } from './services';

/** Instead of an answer: the connection is to be destroyed. */
export const connectionLost = Symbol('connection lost');

export interface AwsApiParts {
  cloud: Cloud;
  services: Service[];
  ledger: Ledger;
  calls: CallCounts;
  faults: Faults;
  barriers: Barriers;
  history: History;
}

interface PreparedCall extends Call {
  operationToRun: Operation;
}

/** Answers the calls of AWS clients: routing, credentials, faults, barriers, ledger. */
export class AwsApi {
  constructor(private readonly parts: AwsApiParts) {}

  async handle(request: AwsRequest): Promise<AwsResponse | typeof connectionLost> {
    const service = findService(this.parts.services, request);
    if (!service) return unknownService();
    const requestId = randomUUID();
    try {
      const caller = checkCredentials(service, request);
      const call = { caller, ...prepareCall(service, request) };
      this.parts.calls.add(call);
      const outcome = await this.answer(service, call);
      if (outcome === connectionLost) return connectionLost;
      return service.protocol.encodeOutput(call.operationToRun.schema, outcome.output, requestId);
    } catch (error) {
      const awsError = asAwsError(service, error);
      const status = awsError.httpStatus ?? service.errorStatuses.get(awsError.code) ?? 400;
      return service.protocol.encodeError(awsError, status, requestId);
    }
  }

  private async answer(service: Service, call: PreparedCall): Promise<{ output: unknown } | typeof connectionLost> {
    const { faults, barriers } = this.parts;
    const delay = faults.take(call, ['latency']);
    if (delay) await sleep(delay.latencyMs ?? 0);
    await barriers.pass(call, 'before');
    const refusal = faults.take(call, ['throttle', 'error-500', 'lost-request']);
    if (refusal?.kind === 'lost-request') return connectionLost;
    const [answered] = await Promise.allSettled([
      this.execute(service, call, refusal && refusalError(service, refusal.kind)),
    ]);
    await barriers.pass(call, 'after');
    if (answered.status === 'rejected') throw answered.reason;
    return faults.take(call, ['lost-reply']) ? connectionLost : { output: answered.value };
  }

  private async execute(service: Service, call: PreparedCall, refusal: AwsError | undefined): Promise<unknown> {
    const { operationToRun: operation, input } = call;
    if (operation.kind === 'read') {
      if (refusal) throw refusal;
      return operation.run(input as never, this.stateFor(call, operation.staleable));
    }
    // Counted before, because an invariant asks what a write could have seen.
    const healthyTargets = countHealthyTargets(this.parts.cloud, input);
    const record = (outcome: string): void =>
      this.parts.ledger.add({
        ...{ caller: call.caller, service: call.service, operation: call.operation },
        ...{ input, outcome, healthyTargets },
      });
    try {
      if (refusal) throw refusal;
      const applied = this.parts.history.prepare(call);
      const output: unknown = await operation.run(input as never);
      applied();
      record('applied');
      return output;
    } catch (error) {
      record(asAwsError(service, error).code);
      throw error;
    }
  }

  private stateFor(call: PreparedCall, staleable: boolean): Cloud['state'] {
    const { cloud, faults, history } = this.parts;
    if (!staleable) return cloud.state;
    const fault = faults.take(call, ['stale-read'], (candidate) => history.stateFor(candidate) !== undefined);
    return (fault && history.stateFor(fault)) ?? cloud.state;
  }
}

/** Answers the access key id. */
function checkCredentials(service: Service, request: AwsRequest): string {
  const signature = readSignature(request);
  if (!signature) throw serviceError(service, 'unsigned', 'Request is missing Authentication Token');
  if (signature.accessKeyId.startsWith('INVALID')) {
    throw serviceError(service, 'invalidKey', 'The security token included in the request is invalid.');
  }
  return signature.accessKeyId;
}

function prepareCall(service: Service, request: AwsRequest): Omit<PreparedCall, 'caller'> {
  const name = service.protocol.operationName(request);
  const operation = service.operations.get(name ?? '');
  if (name === undefined || !operation) {
    const message = `The action ${name ?? '(none)'} is not valid for this web service.`;
    throw serviceError(service, 'unknownOperation', message);
  }
  const input = service.protocol.decodeInput(operation.schema, request);
  const missing = findMissingMember(inputSchema(operation.schema), input);
  if (missing !== undefined) throw missingMemberError(service, missing);
  return { service: service.name, operation: name, input, operationToRun: operation };
}

function missingMemberError(service: Service, member: string): AwsError {
  const message =
    service.name === 'ec2'
      ? `The request must contain the parameter ${member}`
      : `1 validation error detected: Value null at '${member.charAt(0).toLowerCase()}${member.slice(1)}' failed to satisfy constraint: Member must not be null`;
  return serviceError(service, 'missingMember', message);
}

function refusalError(service: Service, kind: string): AwsError {
  return kind === 'throttle'
    ? serviceError(service, 'throttled', 'Rate exceeded')
    : serviceError(service, 'internal', 'An internal error has occurred. Retry your request.');
}

function serviceError(service: Service, kind: keyof ServiceErrors, message: string): AwsError {
  const [code, status] = service.errors[kind];
  return new AwsError(code, message, status);
}

/** A mistake in the sandbox itself must be visible to whoever calls it, not end the process. */
function asAwsError(service: Service, error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return serviceError(service, 'internal', `The sandbox failed: ${detail}`);
}

function unknownService(): AwsResponse {
  return {
    status: 404,
    headers: { 'content-type': 'text/plain' },
    body: 'The sandbox has autoscaling, ec2, elasticloadbalancing (v2), monitoring and sts only.\n',
  };
}
