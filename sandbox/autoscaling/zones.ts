import type { Cloud } from '../state/cloud';
import type { GroupSettings } from '../state/group-state';

/** The sandbox knows no subnets: the last character of a subnet's id decides its zone, and `…-a` lies in zone a. */
export function zonesOfSubnets(cloud: Cloud, vpcZoneIdentifier: string): Set<string> {
  const zones = cloud.availabilityZones();
  const subnets = vpcZoneIdentifier.split(',').map((subnet) => subnet.trim());
  return new Set(subnets.map((subnet) => zones[zoneIndex(subnet) % zones.length] ?? ''));
}

export function zonesOfGroup(cloud: Cloud, settings: GroupSettings): string[] {
  if (settings.AvailabilityZones?.length) return settings.AvailabilityZones;
  if (settings.VPCZoneIdentifier) return [...zonesOfSubnets(cloud, settings.VPCZoneIdentifier)].sort();
  return (settings.AvailabilityZoneIds ?? []).map((id) => zoneOfId(cloud, id));
}

/** The id of zone `eu-west-1a` is `az1`, and so on. */
export function zoneId(cloud: Cloud, zone: string): string {
  return `az${cloud.availabilityZones().indexOf(zone) + 1}`;
}

function zoneOfId(cloud: Cloud, id: string): string {
  return cloud.availabilityZones().find((zone) => zoneId(cloud, zone) === id) ?? id;
}

function zoneIndex(subnet: string): number {
  const letter = 'abc'.indexOf(subnet.slice(-1));
  return letter >= 0 ? letter : subnet.charCodeAt(subnet.length - 1);
}
