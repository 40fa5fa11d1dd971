import { randomUUID } from 'node:crypto';
import { findHalfDone } from '../../clients/temporal/find-half-done';
import { submitDeployment, type SubmitOutcome } from '../../clients/temporal/submit-deployment';
import type { Temporal } from '../../clients/temporal/connection';
import type { HalfDone } from '../../domain/recovery';
import { recoveryWays, type RecoveryWay } from '../../domain/recovery-order';
import { serviceKey, type ServiceConfig } from '../../domain/service-file';
import { exitCodes } from '../exit-codes';
import { Refusal } from '../refusal';
import { type CommandContext, printJson, withTemporal } from './context';
import { follow } from './follow';
import { readService } from './service';

export interface RecoverOptions {
  finish?: boolean;
  back?: boolean;
  deployment?: string;
  by?: string;
  reason?: string;
  wait?: boolean;
  json?: boolean;
}

/** `fleetshift recover FILE [--finish|--back]`; answers the exit code. */
export async function recover(context: CommandContext, file: string, options: RecoverOptions): Promise<number> {
  const service = readService(file);
  const way = wayOf(options);
  return withTemporal(context, async (temporal) => {
    const halfDone = await look(temporal, service);
    if (way === null) return show(context, { file, service, halfDone, json: options.json === true });
    const chosen = choose(halfDone, service, options.deployment);
    const offer = chosen.ways[way];
    if (offer.kind === 'refused') throw new Refusal([`#${chosen.number} ${chosen.deploymentId}: ${offer.text}`]);
    return begin({ context, temporal, service, options, chosen, way });
  });
}

function wayOf({ finish, back }: RecoverOptions): RecoveryWay | null {
  if (finish === true && back === true) throw new Refusal(['--finish and --back exclude each other']);
  if (finish === true) return 'finish';
  return back === true ? 'back' : null;
}

async function look(temporal: Temporal, service: ServiceConfig): Promise<HalfDone[]> {
  const answer = await findHalfDone({ temporal, service });
  if (answer.kind === 'read') return answer.halfDone;
  throw new Refusal([`what deployments of ${serviceKey(service)} have left could not be read: ${answer.message}`]);
}

interface Found {
  file: string;
  service: ServiceConfig;
  halfDone: HalfDone[];
  json: boolean;
}

function show({ io }: CommandContext, { file, service, halfDone, json }: Found): number {
  if (json) printJson(io, { service: serviceKey(service), halfDone });
  else io.stdout.write(`${linesOf(file, service, halfDone).join('\n')}\n`);
  return exitCodes.ok;
}

function linesOf(file: string, service: ServiceConfig, halfDone: HalfDone[]): string[] {
  if (halfDone.length === 0)
    return [`${serviceKey(service)}: no deployment is half-done without anybody at work on it`];
  const isOne = halfDone.length === 1;
  return halfDone.flatMap((one) => [
    `#${one.number} ${one.imageId}  ${one.deploymentId}`,
    `  ${one.stands}`,
    ...recoveryWays.map((way) => {
      const { kind, text } = one.ways[way];
      const command = `fleetshift recover ${file} --${way}${isOne ? '' : ` --deployment ${one.deploymentId}`}`;
      return kind === 'offered' ? `  ${command}: ${text}` : `  not --${way}: ${text}`;
    }),
  ]);
}

function choose(halfDone: HalfDone[], service: ServiceConfig, id: string | undefined): HalfDone {
  const found = halfDone.filter(({ deploymentId }) => id === undefined || deploymentId === id);
  if (found.length === 1 && found[0]) return found[0];
  const ids = halfDone.map(({ deploymentId }) => deploymentId).join(', ');
  if (halfDone.length === 0)
    throw new Refusal([`${serviceKey(service)}: no deployment is half-done without anybody at work on it`]);
  throw new Refusal([`say which one with --deployment: ${ids}`]);
}

interface Begin {
  context: CommandContext;
  temporal: Temporal;
  service: ServiceConfig;
  options: RecoverOptions;
  chosen: HalfDone;
  way: RecoveryWay;
}

async function begin(input: Begin): Promise<number> {
  const { context, temporal, service, options, chosen, way } = input;
  const { uuid, number, imageId } = chosen;
  const json = options.json === true;
  const answer = await submitDeployment({
    temporal,
    submit: {
      service,
      revision: { imageId },
      idempotencyKey: `recover-${randomUUID()}`,
      requestedBy: options.by ?? context.io.userName,
      reason: options.reason ?? '',
      commit: '',
      hotfix: false,
      recovery: { uuid, number, way },
    },
  });
  if (json && (answer.kind !== 'admitted' || options.wait !== true)) printJson(context.io, answer);
  const deploymentId = admittedId(answer, service);
  if (!json) context.io.stdout.write(`#${number} goes on (${chosen.ways[way].text}): ${deploymentId}\n`);
  if (options.wait === true) return follow({ context, temporal, id: deploymentId, json });
  if (!json) context.io.stdout.write(`watch it with: fleetshift status ${deploymentId} --watch\n`);
  return exitCodes.ok;
}

function admittedId(answer: SubmitOutcome, service: ServiceConfig): string {
  switch (answer.kind) {
    case 'admitted':
      return answer.deploymentId;
    case 'refused':
      throw new Refusal([`${serviceKey(service)}: refused (${answer.code}): ${answer.message}`]);
    case 'unknown':
      throw new Refusal([`it is not known whether it goes on: ${answer.message}; look with: fleetshift list`]);
  }
}
