import { isOurs } from '../../ledger/facts';
import { wasDone, type RunRecord, type WorldView } from '../record';

/**
 * Every ending leaves order: what was made is gone after a way back, old is let go after a success, and sizes are what
 * they were, except where somebody else changed them. What could not be put in order is listed for a person.
 */
export function leftInOrder(record: RunRecord): string[] {
  switch (record.result?.outcome) {
    case undefined:
      return [];
    case 'refused':
      return record.ledger.some(isOurs) ? ['it was refused, and yet it wrote'] : [];
    case 'needs-attention':
      return record.result.repairs.length > 0 ? [] : ['it needs attention, and does not say for what'];
    case 'rolled-back':
    case 'aborted':
      return afterWayBack(record);
    case 'succeeded':
      return afterSuccess(record);
  }
}

function afterWayBack(record: RunRecord): string[] {
  const { world, source } = record;
  const old = world.groups.find(({ name }) => name === source.group);
  const shrunk = wasDone(record, 'shrink-old');
  return [
    ...strangers(
      world.groups.map(({ name }) => name),
      [source.group],
      'group',
    ),
    ...strangers(world.targetGroupArns, [source.targetGroupArn], 'target group'),
    ...strangers(world.templateNames, [source.templateName], 'launch template'),
    ...routeBreaches(world, source.targetGroupArn),
    // An outsider who shrank old set its minimum too, and theirs is to stay; nor do we shrink what they left.
    ...(old && old.min !== source.min && !(shrunk && old.min === shrunkMin)
      ? [`MinSize of old was left at ${old.min}, not ${source.min}`]
      : []),
    ...(old && old.max !== source.max ? [`MaxSize of old was left at ${old.max}, not ${source.max}`] : []),
    ...(old && old.desired !== source.servers && !shrunk
      ? [`old was left at ${old.desired} servers, not ${source.servers}`]
      : []),
  ];
}

/** What an outsider who shrinks old sets its minimum to. */
export const shrunkMin = 0;

function afterSuccess(record: RunRecord): string[] {
  const { world, source, scenario, drain } = record;
  if (drain === null) return [];
  const old = world.groups.find(({ name }) => name === source.group);
  const clones = world.groups.filter(({ name }) => name !== source.group);
  const news = world.targetGroupArns.filter((arn) => arn !== source.targetGroupArn);
  const [clone] = clones;
  return [
    ...(clones.length === 1 && news.length === 1
      ? []
      : [`${clones.length} clones and ${news.length} new target groups`]),
    ...routeBreaches(world, news[0] ?? ''),
    ...(old && (scenario.oldGroup === 'delete' || old.min + old.desired + old.servers > 0)
      ? [`old was left with ${old.min}/${old.desired}, ${old.servers} servers`]
      : []),
    // What an outsider gave old before the plan was made is what old had.
    ...(clone && clone.min !== source.min && !(wasDone(record, 'shrink-old') && clone.min === shrunkMin)
      ? [`MinSize of new was left at ${clone.min}, not ${source.min}`]
      : []),
    ...(clone && clone.max !== source.max ? [`MaxSize of new was left at ${clone.max}, not ${source.max}`] : []),
  ];
}

function routeBreaches(world: WorldView, onlyArn: string): string[] {
  return Object.entries(world.routes)
    .filter(([, weights]) => Object.keys(weights).join() !== onlyArn || weights[onlyArn] === 0)
    .map(([route, weights]) => `route ${route} was left with ${JSON.stringify(weights)}`);
}

function strangers(found: readonly string[], known: readonly string[], what: string): string[] {
  return found.filter((one) => !known.includes(one)).map((one) => `${what} ${one} was left behind`);
}
