import { createDataPlane } from './data-plane/data-plane';
import { createVirtualDataPlane } from './data-plane/virtual/virtual-data-plane';
import { serveSandbox, type Sandbox, type SandboxOptions } from './serve';

export type { Sandbox, SandboxOptions } from './serve';
export { SandboxAdmin, type BarrierHandle } from './admin-client';
export { defaultWorld, WorldError } from './world/load';
export type { World } from './world/schema';

/**
 * Starts the embedded cloud, with real server processes and balancers on loopback unless `dataPlane` says `virtual`;
 * resolves when the API answers, while the world's groups are still launching (`admin.waitUntilSteady()` waits).
 * @throws WorldError for a world that cannot be used, and the system's error when the port is taken.
 */
export function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return serveSandbox(options, options.dataPlane === 'virtual' ? createVirtualDataPlane : createDataPlane);
}
