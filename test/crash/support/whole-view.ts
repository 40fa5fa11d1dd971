/** The whole cloud as people would write it down: names instead of identifiers, nothing that differs by chance. */
import type { Cloud } from '../../../sandbox/state/cloud';
import { rulesOfListener } from '../../../sandbox/elbv2/find';

export type WholeView = ReturnType<typeof wholeView>;

export function wholeView(cloud: Cloud) {
  const { groups, instances, targetGroups, templates, listeners } = cloud.state;
  const view = {
    groups: [...groups.values()].map(({ name, minSize, maxSize, desiredCapacity, ...group }) => ({
      ...{ name, minSize, maxSize, desiredCapacity, targetGroups: group.targetGroupArns },
      ...{ tags: group.tags, settings: group.settings, status: group.status ?? 'none' },
      servers: [...instances.values()]
        .filter((instance) => instance.groupName === name && instance.lifecycle === 'InService')
        .map((instance) => instance.imageId),
    })),
    targetGroups: [...targetGroups.values()].map(({ name, described, attributes, tags }) => ({
      ...{ name, described, attributes, tags },
    })),
    templates: [...templates.values()].map(({ name, tags, versions }) => ({
      ...{ name, tags },
      versions: versions.map((version) => version.data),
    })),
    routes: [...listeners.values()].map((listener) =>
      rulesOfListener(cloud.state, listener.arn).map(({ priority, actions }) => ({ priority, actions })),
    ),
  };
  return readable(cloud, view);
}

/** Identifiers become names, and moments are left out: what is left must be the same whatever happened. */
export function readable<Value>(cloud: Cloud, value: Value): Value {
  const { targetGroups, templates } = cloud.state;
  const text = JSON.stringify(value ?? null, (key, inner: unknown) => (key.endsWith('Ms') ? undefined : inner));
  const names = [...targetGroups.values(), ...templates.values()].map((thing) => [
    'arn' in thing ? thing.arn : thing.id,
    thing.name,
  ]);
  return JSON.parse(names.reduce((known, [id = '', name = '']) => known.replaceAll(id, name), text)) as Value;
}
