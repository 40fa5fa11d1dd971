import { randomUUID } from 'node:crypto';
import { deploymentRequest, type SubmitInput } from '../../domain/deployment';
import { type ServiceConfig, serviceKey } from '../../domain/service-file';
import { submitDeployment } from '../../clients/temporal/submit-deployment';
import { exitCodes } from '../exit-codes';
import { Refusal, refusalOfFlags } from '../refusal';
import { type CommandContext, printJson, withTemporal } from './context';
import { follow } from './follow';
import { readService } from './service';

export interface DeployOptions {
  image: string;
  by?: string;
  reason?: string;
  commit?: string;
  key?: string;
  hotfix?: boolean;
  wait?: boolean;
  json?: boolean;
}

/** `fleetshift deploy FILE --image ami-…`; answers the exit code. */
export async function deploy(context: CommandContext, file: string, options: DeployOptions): Promise<number> {
  const submit = submitInputOf({ service: readService(file), options, userName: context.io.userName });
  return withTemporal(context, async (temporal) => {
    const answer = await submitDeployment({ temporal, submit });
    const json = options.json === true;
    if (json && (answer.kind !== 'admitted' || options.wait !== true)) printJson(context.io, answer);
    switch (answer.kind) {
      case 'refused':
        throw new Refusal([`${serviceKey(submit.service)}: refused (${answer.code}): ${answer.message}`]);
      case 'unknown':
        throw new Refusal([
          `it is not known whether the deployment began: ${answer.message}.`,
          `Ask again with --key ${submit.idempotencyKey} to learn it; that never makes a second one.`,
        ]);
      case 'admitted':
    }
    const { deploymentId, number, repeated, after, warnings = [] } = answer;
    if (!json) {
      const begins = after === null ? 'has begun' : `waits for ${after}`;
      const how = repeated ? 'is the one this key was used for before' : begins;
      context.io.stdout.write(`${serviceKey(submit.service)} #${number} ${how}: ${deploymentId}\n`);
      for (const warning of warnings) context.io.stdout.write(`warning: ${warning}\n`);
    }
    if (options.wait === true) return follow({ context, temporal, id: deploymentId, json });
    if (!json) context.io.stdout.write(`watch it with: fleetshift status ${deploymentId} --watch\n`);
    return exitCodes.ok;
  });
}

function submitInputOf(input: { service: ServiceConfig; options: DeployOptions; userName: string }): SubmitInput {
  const { service, options, userName } = input;
  const { image, by, reason, commit, key, hotfix = false } = options;
  const parsed = deploymentRequest().safeParse({ image, by, reason, commit, idempotencyKey: key, hotfix });
  if (!parsed.success) throw refusalOfFlags(parsed.error);
  return {
    service,
    revision: { imageId: image },
    idempotencyKey: key ?? `cli-${randomUUID()}`,
    requestedBy: by ?? userName,
    reason: reason ?? '',
    commit: commit ?? '',
    hotfix,
  };
}
