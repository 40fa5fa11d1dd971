/** `POST /v1/deployments/{id}/{verb}` and `/v1/drains/{id}/{verb}`: the verbs of the command line, over HTTP. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ControlOutcome } from '../clients/temporal/control-deployment';
import { controlRequest, type Verb } from '../domain/control';
import { drainIdOf } from '../domain/deployment';
import type { Deployments } from './deployments';
import { readBody } from './read-body';
import { replyError } from './reply-error';

export async function controlRoute(input: {
  deployments: Deployments;
  verb: Verb;
  request: FastifyRequest<{ Params: { id: string } }>;
  reply: FastifyReply;
}): Promise<FastifyReply> {
  const { deployments, verb, request, reply } = input;
  const { id } = request.params;
  const body = readBody({
    body: request.body,
    schema: controlRequest(),
    example: '{"by":"ada","reason":"…"}',
    emptyMeans: {},
  });
  if (body.kind === 'invalid') {
    const message = `the request to ${verb} has mistakes; nothing was changed`;
    return replyError(reply, { code: 'invalid-request', message, problems: body.problems });
  }
  const { by = 'webhook', idempotencyKey = `request-${request.signatureDigest}`, ...rest } = body.content;
  const outcome = await deployments.control({ id, verb, request: { ...rest, by, idempotencyKey } });
  return answer(reply, { verb, id, outcome, idempotencyKey });
}

function answer(
  reply: FastifyReply,
  asked: { verb: Verb; id: string; outcome: ControlOutcome; idempotencyKey: string },
): FastifyReply {
  const { verb, id, outcome, idempotencyKey } = asked;
  switch (outcome.kind) {
    case 'taken':
    case 'already': {
      const { kind, text, state, deploymentId } = outcome;
      return reply.code(kind === 'taken' ? 202 : 200).send({ id: outcome.id, verb, kind, text, state, deploymentId });
    }
    case 'sent':
      return reply.code(202).send({ id: outcome.id, verb, kind: 'sent', text: outcome.message, state: null });
    case 'heard': {
      const text = `${outcome.message}: ask again with the idempotencyKey "${idempotencyKey}" to wait for the answer`;
      return reply.code(202).send({ id: outcome.id, verb, kind: 'heard', text, state: null });
    }
    case 'refused':
      return replyError(reply, { code: 'does-not-fit', message: `${outcome.id} refuses to ${verb}: ${outcome.text}` });
    case 'invalid':
      return replyError(reply, { code: 'invalid-request', message: outcome.message });
    case 'ended':
      return replyError(reply, { code: 'ended', message: endedSentence(verb, outcome) });
    case 'not-found':
      return replyError(reply, { code: 'unknown-deployment', message: unknownSentence(id) });
  }
}

function endedSentence(verb: Verb, { id, outcome }: Extract<ControlOutcome, { kind: 'ended' }>): string {
  const said = `${id} has already ended (${outcome ?? 'without a result'}); nothing to ${verb}`;
  return verb === 'promote' && outcome === 'succeeded'
    ? `${said}. To let its old fleet go before its time, promote ${drainIdOf(id)}`
    : said;
}

export function unknownSentence(id: string): string {
  return `there is no deployment ${id}, or Temporal no longer keeps it`;
}
