import { STATUS_CODES, type ServerResponse } from 'node:http';

/** The balancer's own page for an error, in the place of a target's answer. */
export function answerError(response: ServerResponse, status: 502 | 503 | 504): void {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`;
  answer(response, status, 'text/html', `<html><head><title>${title}</title></head><body>${title}</body></html>\n`);
}

export function answer(response: ServerResponse, status: number, contentType: string, body: string): void {
  // A client that is gone leaves nobody to answer.
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
