import type { IncomingMessage } from 'node:http';

/** Speak about one connection only, so a proxy never passes them on. `expect` was answered by the balancer itself. */
const ofOneConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect']);

const forwardedFor = 'x-forwarded-for';
const replaced = new Set([forwardedFor, 'x-forwarded-proto', 'x-forwarded-port']);

/**
 * The headers for the target, as a flat list of names and values in their original order and case. The framing of the
 * body stays as it was, since a body of unknown length on a GET would otherwise be lost.
 */
export function requestHeaders(request: IncomingMessage, listenerPort: number): string[] {
  const kept = without(request.rawHeaders, (name) => ofOneConnection.has(name) || replaced.has(name));
  const before = request.headers[forwardedFor];
  const client = request.socket.remoteAddress ?? '';
  kept.push('X-Forwarded-For', before === undefined ? client : `${String(before)}, ${client}`);
  kept.push('X-Forwarded-Proto', 'http', 'X-Forwarded-Port', String(listenerPort));
  return kept;
}

/** The headers for the client. Node frames the body itself, because the client may speak another version of HTTP. */
export function responseHeaders(response: IncomingMessage): string[] {
  return without(response.rawHeaders, (name) => ofOneConnection.has(name) || name === 'transfer-encoding');
}

/** A request with neither of these headers ends with its head. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function without(rawHeaders: readonly string[], isDropped: (lowerCaseName: string) => boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!isDropped(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] ?? '');
  }
  return kept;
}
