import type { ListenerAddress } from '../control/types';
import type { Cloud } from './cloud';

/** Every open listener, in the order of creation. */
export function listenerAddresses(cloud: Cloud): ListenerAddress[] {
  return [...cloud.state.listeners.values()].map((listener) => ({
    balancer: cloud.state.loadBalancers.get(listener.loadBalancerArn)?.name ?? '',
    listenerArn: listener.arn,
    port: listener.port,
    url: `http://127.0.0.1:${listener.port}`,
  }));
}

/** @throws Error when the balancer has no listener of that index. */
export function findListenerUrl(addresses: ListenerAddress[], balancer: string, index: number): string {
  const found = addresses.filter((address) => address.balancer === balancer)[index];
  if (found) return found.url;
  const known = addresses.map((address) => address.balancer).join(', ') || 'none';
  throw new Error(
    `the sandbox has no listener ${index} of a balancer '${balancer}'; balancers with listeners: ${known}`,
  );
}
