import { request as sendRequest, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { RequestCounters, RequestEnd } from '../metrics/request-counters';
import type { Cuttable, RegisteredTarget } from '../targets/registered-target';
import { hasBody, requestHeaders, responseHeaders } from './headers';
import { answerError } from './own-answer';

export interface ExchangeOptions {
  request: IncomingMessage;
  response: ServerResponse;
  to: RegisteredTarget;
  counters: RequestCounters;
  listenerPort: number;
  /** A target that is silent for so long is given up with 504. */
  targetTimeoutMs: number;
}

/** One request, passed on to one target. It streams both ways and is counted once, when it is over. */
export class Exchange implements Cuttable {
  private readonly end: RequestEnd = {};
  /** Absent as soon as nothing that it says can matter any more. */
  private upstream: ClientRequest | undefined;
  private sentAtMs = 0;
  private retried = false;

  constructor(private readonly options: ExchangeOptions) {}

  start(): void {
    this.options.to.inFlight.add(this);
    // Comes last in every case: after the whole answer went out, and when the client hangs up.
    this.options.response.once('close', () => this.finish());
    this.send(this.options.to.agent);
  }

  /** The target's time is over; the client gets 502, or a broken connection when the answer had begun. */
  cut(): void {
    this.giveUp(502);
  }

  private send(agent: RegisteredTarget['agent'] | false): void {
    const { request, to, listenerPort, targetTimeoutMs } = this.options;
    this.sentAtMs = performance.now();
    const upstream = sendRequest({
      host: to.target.address,
      port: to.target.port,
      method: request.method,
      path: request.url,
      headers: requestHeaders(request, listenerPort),
      agent,
      timeout: targetTimeoutMs,
    });
    this.upstream = upstream;
    upstream.once('response', (answer) => {
      if (upstream === this.upstream) this.passBack(answer);
    });
    upstream.once('timeout', () => this.giveUp(504));
    upstream.on('error', (error) => this.onError(upstream, error));
    if (hasBody(request)) request.pipe(upstream);
    else upstream.end();
  }

  private passBack(answer: IncomingMessage): void {
    const { response } = this.options;
    const status = answer.statusCode ?? 502;
    this.end.targetStatus = status;
    this.end.targetSeconds = (performance.now() - this.sentAtMs) / 1000;
    response.writeHead(status, answer.statusMessage, responseHeaders(answer));
    answer.pipe(response);
    answer.once('close', () => {
      // Half an answer must not look like a whole one.
      if (!answer.complete) response.destroy();
    });
  }

  private onError(upstream: ClientRequest, error: NodeJS.ErrnoException): void {
    if (upstream !== this.upstream) return;
    if (this.mayRetry(upstream)) {
      this.retried = true;
      this.send(false);
      return;
    }
    if (error.syscall === 'connect') this.end.connectionFailed = true;
    this.giveUp(502);
  }

  /**
   * A server may close an idle connection just when a request is sent on it; that says nothing about the server, so
   * the request goes once more, on a connection of its own.
   */
  private mayRetry(upstream: ClientRequest): boolean {
    const nothingReceived = this.end.targetStatus === undefined;
    return upstream.reusedSocket && nothingReceived && !this.retried && !hasBody(this.options.request);
  }

  private giveUp(status: 502 | 504): void {
    if (this.upstream === undefined) return;
    const { response } = this.options;
    if (response.headersSent) {
      response.destroy();
    } else {
      this.end.balancerStatus = status;
      answerError(response, status);
    }
    this.abandonUpstream();
  }

  private finish(): void {
    this.options.to.inFlight.delete(this);
    // The client hung up, or the target answered before it had read the whole request.
    if (!this.options.response.writableFinished || !this.upstream?.writableFinished) this.abandonUpstream();
    this.upstream = undefined;
    this.options.counters.completed(this.end);
  }

  private abandonUpstream(): void {
    const upstream = this.upstream;
    this.upstream = undefined;
    upstream?.destroy();
  }
}
