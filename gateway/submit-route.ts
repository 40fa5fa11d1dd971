/** `POST /v1/services/{service}/deployments`: the webhook of CI pipelines. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DeploymentRequest, deploymentRequest, type SubmitInput } from '../domain/deployment';
import type { ServiceConfig } from '../domain/service-file';
import type { SubmitOutcome } from '../clients/temporal/submit-deployment';
import type { Deployments } from './deployments';
import { readBody } from './read-body';
import { replyError } from './reply-error';
import type { ServiceDirectory } from './service-directory';

export interface SubmitContext {
  services: ServiceDirectory;
  deployments: Deployments;
}

export async function submitRoute(
  context: SubmitContext,
  request: FastifyRequest<{ Params: { service: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const found = context.services.find(request.params.service);
  if (found.kind === 'unknown') return replyError(reply, { code: 'unknown-service', message: found.message });
  if (found.kind === 'invalid') {
    const message = `the service file of "${request.params.service}" has mistakes; correct it on the gateway`;
    return replyError(reply, { code: 'invalid-service-file', message, problems: found.problems });
  }
  const body = readBody({ body: request.body, schema: deploymentRequest(), example: '{"image":"ami-…"}' });
  if (body.kind === 'invalid') {
    const message = 'the request has mistakes; nothing was begun';
    return replyError(reply, { code: 'invalid-request', message, problems: body.problems });
  }
  const input = submitInputOf({ service: found.service, request: body.content, digest: request.signatureDigest });
  return answer(reply, input, await context.deployments.submit(input));
}

function submitInputOf(input: { service: ServiceConfig; request: DeploymentRequest; digest: string }): SubmitInput {
  const { service, request, digest } = input;
  return {
    service,
    revision: { imageId: request.image },
    // Without a key of its own, an exact repetition inside the replay window is the same deployment.
    idempotencyKey: request.idempotencyKey ?? `request-${digest}`,
    requestedBy: request.by ?? 'webhook',
    reason: request.reason ?? '',
    commit: request.commit ?? '',
    hotfix: request.hotfix ?? false,
  };
}

function answer(reply: FastifyReply, input: SubmitInput, outcome: SubmitOutcome): FastifyReply {
  switch (outcome.kind) {
    case 'admitted': {
      const { deploymentId: id, number, repeated, after, warnings = [] } = outcome;
      return reply.code(202).send({ id, number, repeated, after, warnings, status: `/v1/deployments/${id}` });
    }
    case 'refused': {
      const code = outcome.code === 'invalid' ? 'refused' : outcome.code;
      return replyError(reply, { code, message: outcome.message });
    }
    case 'unknown': {
      const key = JSON.stringify(input.idempotencyKey);
      const message = `${outcome.message}. Ask again with "idempotencyKey": ${key} to learn what became of it.`;
      return replyError(reply, { code: 'no-worker', message });
    }
  }
}
