/** A receiver of webhooks: a real server that remembers what it was sent and answers as it is told. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { freePort } from '../../dev/processes/free-port';
import type { Notification } from '../../domain/notification';

export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  /** What was answered. */
  status: number;
}

/** A status, with headers; `silence` never answers. */
export type ReceiverAnswer = { status: number; headers?: Record<string, string>; body?: string } | 'silence';

export interface Receiver {
  /** Its address whether it is up or not. */
  url: string;
  received: Received[];
  /** What the next requests are answered, the last one for all that follow; 204 unless told. */
  answers: ReceiverAnswer[];
  up(): Promise<void>;
  down(): Promise<void>;
}

/** Down at first. */
export async function receiver(): Promise<Receiver> {
  const port = await freePort();
  const received: Received[] = [];
  const answers: ReceiverAnswer[] = [];
  let server: Server | null = null;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const next = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 204 };
    const status = next === 'silence' ? 0 : next.status;
    received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body, status });
    if (next !== 'silence') response.writeHead(next.status, next.headers).end(next.body);
  };
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answers,
    up: async () => {
      const starting = createServer((request, response) => void answer(request, response));
      server = starting;
      await new Promise<void>((resolve) => starting.listen(port, '127.0.0.1', resolve));
    },
    down: async () => {
      const stopping = server;
      if (stopping === null) return;
      server = null;
      await new Promise<void>((resolve) => {
        stopping.close(() => resolve());
        stopping.closeAllConnections();
      });
    },
  };
}

/** As a receiver would check it by the manual, and with nothing of ours. */
export function isSignedWith(secret: string, { method, path, headers, body }: Received): boolean {
  const timestamp = String(headers['x-fleetshift-timestamp']);
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
  const digest = createHmac('sha256', secret).update(`${timestamp}\n${method} ${path}\n${body}`).digest('hex');
  return isFresh && headers['x-fleetshift-signature'] === `sha256=${digest}`;
}

export function notificationIn({ body }: Received): Notification {
  return JSON.parse(body) as Notification;
}
