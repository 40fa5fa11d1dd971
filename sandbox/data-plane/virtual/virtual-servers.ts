import type { CheckResult } from '../targets/check-result';
import { failed, judged, timedOut } from '../targets/check-result';
import type { ImageProgram, LaunchSpec, Target, TargetGroupSettings } from '../types';

interface VirtualServer {
  program: ImageProgram;
  listensAtMs: number;
}

/** Servers that are no more than an entry here, from launch until they are terminated. */
export class VirtualServers {
  private readonly servers = new Map<string, VirtualServer>();

  constructor(private readonly speed: number) {}

  /** @throws Error when the instance runs already */
  launch(spec: LaunchSpec): void {
    if (this.servers.has(spec.instanceId)) {
      throw new Error(`cannot launch ${spec.instanceId}: it is already running; launch a new instance id`);
    }
    const listensAtMs = Date.now() + (spec.program.bootSeconds * 1000) / this.speed;
    this.servers.set(spec.instanceId, { program: spec.program, listensAtMs });
  }

  terminate(instanceId: string): void {
    this.servers.delete(instanceId);
  }

  isRunning(instanceId: string): boolean {
    return this.servers.has(instanceId);
  }

  /** What answers at this address now; undefined when nobody listens. */
  programAt(target: Target): ImageProgram | undefined {
    const server = this.servers.get(target.instanceId);
    if (server === undefined || server.program.port !== target.port || Date.now() < server.listensAtMs)
      return undefined;
    return server.program;
  }

  /** One health check. Another path than the health path is taken to be answered with 200. */
  check(target: Target, settings: TargetGroupSettings['healthCheck']): CheckResult {
    const program = this.programAt(target);
    if (program === undefined) return failed;
    if (settings.path === program.healthPath) return judged(program.healthStatus, settings.matcher);
    if (program.latencyMs > settings.timeoutSeconds * 1000) return timedOut;
    return judged(200, settings.matcher);
  }
}
