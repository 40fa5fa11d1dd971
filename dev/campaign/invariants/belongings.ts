import { wasDone, type RunRecord } from '../record';

/** What the source has stays; its group goes only after a success, and only where the policy says so. */
export function belongings(record: RunRecord): string[] {
  const { world, source, scenario, result } = record;
  const mayMissGroup =
    wasDone(record, 'delete-old') || (result?.outcome === 'succeeded' && scenario.oldGroup === 'delete');
  const hasGroup = world.groups.some(({ name }) => name === source.group);
  return [
    ...(world.targetGroupArns.includes(source.targetGroupArn) ? [] : ["the source's target group is gone"]),
    ...(world.templateNames.includes(source.templateName) ? [] : ["the source's launch template is gone"]),
    ...(hasGroup || mayMissGroup ? [] : ['the source group is gone']),
  ];
}
