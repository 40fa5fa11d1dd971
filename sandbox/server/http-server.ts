import { gunzipSync } from 'node:zlib';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { adminRoutes, type AdminParts } from './admin-routes';
import { connectionLost, type AwsApi } from './aws-api';

const maxBodyBytes = 10 * 1024 * 1024;

/** One HTTP server for both: the AWS API on `/`, the admin API under `/_sandbox`. */
export function createHttpServer(api: AwsApi, admin: AdminParts): FastifyInstance {
  const app = fastify({ bodyLimit: maxBodyBytes, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  adminRoutes(app, admin);
  app.post('/*', async (request, reply) => {
    const response = await api.handle({ headers: request.headers, body: readBody(request) });
    if (response === connectionLost) {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    return reply.code(response.status).headers(response.headers).send(response.body);
  });
  return app;
}

function readBody(request: FastifyRequest): string {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const isZipped = request.headers['content-encoding']?.includes('gzip') ?? false;
  return (isZipped ? gunzipSync(body) : body).toString('utf8');
}
