/** The one shape of all error answers: `{ error: { code, message, problems? } }`. */
import type { FastifyReply } from 'fastify';
import type { Problem } from '../domain/problems';

const statusByCode = {
  'bad-request': 400,
  'invalid-request': 400,
  unauthorized: 401,
  'unknown-service': 404,
  'unknown-deployment': 404,
  'not-found': 404,
  busy: 409,
  'key-reused': 409,
  'does-not-fit': 409,
  ended: 409,
  'too-large': 413,
  'not-json': 415,
  'invalid-service-file': 422,
  refused: 422,
  internal: 500,
  'no-worker': 503,
  'temporal-unavailable': 503,
} as const;

export type ErrorCode = keyof typeof statusByCode;

export function replyError(
  reply: FastifyReply,
  error: { code: ErrorCode; message: string; problems?: Problem[] },
): FastifyReply {
  if (statusByCode[error.code] === 503) void reply.header('retry-after', '5');
  return reply.code(statusByCode[error.code]).send({ error });
}
