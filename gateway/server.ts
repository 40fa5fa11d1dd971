/** The HTTP side of the gateway: authentication, routes and the one shape of errors. */
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { checkSignature } from '../clients/http/signature';
import { TemporalError } from '../clients/temporal/temporal-error';
import { verbs } from '../domain/control';
import { controlRoute, unknownSentence } from './control-route';
import { replyError, type ErrorCode } from './reply-error';
import { submitRoute, type SubmitContext } from './submit-route';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the signature has been found right. */
    signatureDigest: string;
  }
}

/** A deployment request has a dozen short fields. */
const bodyLimitBytes = 64 * 1024;

export interface GatewayOptions extends SubmitContext {
  webhookSecret: string;
  nowMs: () => number;
  logger?: FastifyBaseLogger;
}

export function buildGateway(options: GatewayOptions): FastifyInstance {
  const app = Fastify({
    ...(options.logger === undefined ? {} : { loggerInstance: options.logger }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: 10_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, _request, reply) => {
      void replyError(reply, { code: 'bad-request', message: error.message });
    },
  });
  // Bytes, because the signature is over the bytes.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.decorateRequest('signatureDigest', '');
  app.setNotFoundHandler((request, reply) =>
    replyError(reply, { code: 'not-found', message: `there is nothing at ${request.method} ${request.url}` }),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = knownError(error, request.method);
    if (known.code === 'internal') request.log.error({ err: error }, 'a request failed unexpectedly');
    else request.log.warn({ code: known.code }, known.message);
    return replyError(reply, known);
  });
  addRoutes(app, options);
  return app;
}

function addRoutes(app: FastifyInstance, options: GatewayOptions): void {
  app.get('/healthz', () => ({ status: 'ok' }));

  void app.register(async (signed) => {
    signed.addHook('preHandler', async (request, reply) => {
      const checked = checkRequest(options, request);
      if (checked.kind === 'invalid') return replyError(reply, { code: 'unauthorized', message: checked.message });
      request.signatureDigest = checked.digest;
    });
    signed.post<{ Params: { service: string } }>('/v1/services/:service/deployments', (request, reply) =>
      submitRoute(options, request, reply),
    );
    signed.get<{ Params: { id: string } }>('/v1/deployments/:id', async (request, reply) => {
      const answer = await options.deployments.read(request.params.id);
      if (answer.kind === 'found') {
        const { progress, source, live, stopped, drain } = answer;
        return { ...progress, source, live, stopped, drain };
      }
      return replyError(reply, { code: 'unknown-deployment', message: unknownSentence(request.params.id) });
    });
    signed.get<{ Params: { id: string } }>('/v1/drains/:id', async (request, reply) => {
      const answer = await options.deployments.readDrain(request.params.id);
      if (answer.kind === 'found') return answer.drain;
      return replyError(reply, { code: 'unknown-deployment', message: unknownSentence(request.params.id) });
    });
    for (const verb of verbs)
      for (const noun of ['deployments', 'drains'])
        signed.post<{ Params: { id: string } }>(`/v1/${noun}/:id/${verb}`, (request, reply) =>
          controlRoute({ deployments: options.deployments, verb, request, reply }),
        );
  });
}

function checkRequest(options: GatewayOptions, request: FastifyRequest) {
  return checkSignature({
    secret: options.webhookSecret,
    headers: request.headers,
    method: request.method,
    path: request.raw.url ?? '',
    body: Buffer.isBuffer(request.body) ? request.body : '',
    nowMs: options.nowMs(),
  });
}

function knownError(error: FastifyError, method: string): { code: ErrorCode; message: string } {
  if (error instanceof TemporalError) {
    const advice = method === 'POST' ? ' Whether it was taken is not known: ask again with the same key.' : '';
    return { code: 'temporal-unavailable', message: `${error.message}${advice}` };
  }
  switch (error.statusCode) {
    case 413:
      return { code: 'too-large', message: `the body is larger than ${bodyLimitBytes / 1024} KiB` };
    case 415:
      return { code: 'not-json', message: 'send the body as content-type: application/json' };
    case undefined:
      return { code: 'internal', message: 'the gateway failed; its log says how' };
    default:
      return error.statusCode < 500
        ? { code: 'bad-request', message: error.message }
        : { code: 'internal', message: 'the gateway failed; its log says how' };
  }
}
