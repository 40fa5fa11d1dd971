/** Talks to the gateway as a CI pipeline does: plain HTTP with a signature over time, path and body. */
import { createHmac } from 'node:crypto';
import type { DeploymentProgress, DeploymentRequest } from '../domain/deployment';

export interface GatewayClientOptions {
  /** For example `http://127.0.0.1:8080`. */
  url: string;
  secret: string;
}

export interface GatewayClient {
  /** Answers the deployment's id. */
  deploy(service: string, request: DeploymentRequest): Promise<string>;
  progress(deploymentId: string): Promise<DeploymentProgress>;
}

/** Both calls throw an Error with the gateway's status and answer when it is not the one expected. */
export function createGatewayClient({ url, secret }: GatewayClientOptions): GatewayClient {
  async function call(method: 'GET' | 'POST', path: string, content: string, expected: number): Promise<unknown> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...signatureHeaders({ secret, method, path, body: content, nowMs: Date.now() }),
        ...(content === '' ? {} : { 'content-type': 'application/json' }),
      },
      ...(content === '' ? {} : { body: content }),
      signal: AbortSignal.timeout(15_000),
    });
    const answer = await response.text();
    if (response.status !== expected) {
      throw new Error(`the gateway answered ${method} ${path} with ${response.status}: ${answer}`);
    }
    return JSON.parse(answer) as unknown;
  }

  return {
    deploy: async (service, request) => {
      const path = `/v1/services/${encodeURIComponent(service)}/deployments`;
      const answer = (await call('POST', path, JSON.stringify(request), 202)) as { id: string };
      return answer.id;
    },
    progress: async (deploymentId) => {
      const path = `/v1/deployments/${encodeURIComponent(deploymentId)}`;
      return (await call('GET', path, '', 200)) as DeploymentProgress;
    },
  };
}

export interface SignedCall {
  secret: string;
  method: string;
  path: string;
  body: string;
  nowMs: number;
}

/** The two headers of a signed call; the timestamp is in whole seconds since 1970. */
export function signatureHeaders({ secret, method, path, body, nowMs }: SignedCall): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}\n${method} ${path}\n${body}`).digest('hex');
  return { 'x-fleetshift-timestamp': timestamp, 'x-fleetshift-signature': `sha256=${signature}` };
}
