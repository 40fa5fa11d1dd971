/** A gateway on loopback with a stand-in for Temporal, and requests to it as a pipeline would sign them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SubmitInput } from '../../domain/deployment';
import type { ControlOutcome } from '../../clients/temporal/control-deployment';
import type { ReadAnswer } from '../../clients/temporal/read-deployment';
import type { ReadDrainAnswer } from '../../clients/temporal/read-drain';
import type { SubmitOutcome } from '../../clients/temporal/submit-deployment';
import type { Deployments } from '../../gateway/deployments';
import { buildGateway } from '../../gateway/server';
import { ServiceDirectory } from '../../gateway/service-directory';
import { signatureOf } from '../../clients/http/signature';

export const secret = 'a secret of tests, at least 32 characters';
export const nowSeconds = 1_800_000_000;

export type AskedControl = Parameters<Deployments['control']>[0];

export interface TestGateway {
  url: string;
  directory: string;
  submitted: SubmitInput[];
  asked: AskedControl[];
  /** What the stand-in for Temporal answers next; may throw. */
  answerSubmit: (input: SubmitInput) => SubmitOutcome;
  answerControl: (input: AskedControl) => ControlOutcome;
  answerRead: (id: string) => ReadAnswer;
  answerReadDrain: (id: string) => ReadDrainAnswer;
  close(): Promise<void>;
}

export function serviceFileText(service: string, environment = 'production'): string {
  return `service: ${service}\nenvironment: ${environment}\nregion: eu-west-1\nsource: { group: ${service}-v1 }\n`;
}

export async function startTestGateway(
  files: Record<string, string> = { 'web.yml': serviceFileText('web') },
): Promise<TestGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetshift-services-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const services = new ServiceDirectory(directory);
  services.problems();
  const app = buildGateway({
    services,
    webhookSecret: secret,
    nowMs: () => nowSeconds * 1000,
    deployments: {
      submit: async (input) => {
        gateway.submitted.push(input);
        return gateway.answerSubmit(input);
      },
      control: async (input) => {
        gateway.asked.push(input);
        return gateway.answerControl(input);
      },
      read: async (id) => gateway.answerRead(id),
      readDrain: async (id) => gateway.answerReadDrain(id),
    },
  });
  const gateway: TestGateway = {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    directory,
    submitted: [],
    asked: [],
    answerSubmit: () => ({
      kind: 'admitted',
      deploymentId: 'deploy:web.production.eu-west-1:1',
      number: 1,
      after: null,
      repeated: false,
    }),
    answerControl: () => ({ kind: 'not-found' }),
    answerRead: () => ({ kind: 'not-found' }),
    answerReadDrain: () => ({ kind: 'not-found' }),
    close: async () => {
      await app.close();
      rmSync(directory, { recursive: true });
    },
  };
  return gateway;
}

export interface SignedRequest {
  method?: 'GET' | 'POST';
  url?: string;
  /** Sent as it is when a string, as JSON otherwise. */
  body?: unknown;
  timestamp?: string | number;
  /** Signed in the place of what is sent. */
  signed?: { path?: string; body?: string; method?: string; secret?: string };
  headers?: Record<string, string>;
}

export async function send(gateway: TestGateway, request: SignedRequest = {}) {
  const { method = 'POST', url = '/v1/services/web/deployments', timestamp = nowSeconds, signed = {} } = request;
  const body = request.body === undefined ? '{"image":"ami-0abc"}' : request.body;
  const text = method === 'GET' ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const digest = signatureOf({
    secret: signed.secret ?? secret,
    parts: {
      timestamp: String(timestamp),
      method: signed.method ?? method,
      path: signed.path ?? url,
      body: signed.body ?? text,
    },
  });
  const response = await fetch(`${gateway.url}${url}`, {
    method,
    headers: {
      'x-fleetshift-timestamp': String(timestamp),
      'x-fleetshift-signature': `sha256=${digest}`,
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(method === 'GET' ? {} : { body: text }),
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, json };
}
