import { creations, deletions, kinds, type Creation, type Deletion } from './creations';
import type { LedgerFacts } from './facts';

/**
 * A deployment makes one clone, one template and one target group for each of the source's, whatever is retried, killed
 * or frozen; none again after it was removed. AWS answers a repeated creation of a template or target group with the
 * first; of a group never.
 */
export function oneOfEach(facts: LedgerFacts): string[] {
  const made = creations(facts);
  const removed = deletions(facts);
  const deployments = new Set(made.map(({ deployment }) => deployment));
  return [
    ...[...deployments].flatMap((deployment) =>
      kinds.flatMap((kind) =>
        tooMany(
          facts,
          made.filter((one) => one.kind === kind && one.deployment === deployment),
        ),
      ),
    ),
    ...made.flatMap((one) => [
      ...(isRepeatedGroup(made, one) ? [`#${one.entry.seq} ${one.entry.operation} made ${one.name} once more`] : []),
      ...removed
        .filter((deletion) => wentBefore(made, deletion, one))
        .map(({ entry }) => `#${one.entry.seq} ${one.entry.operation} came after #${entry.seq} ${entry.operation}`),
    ]),
  ];
}

function tooMany({ beginning }: LedgerFacts, ones: readonly Creation[]): string[] {
  const names = [...new Set(ones.map(({ name }) => name))];
  const ofSource = Math.max(1, ...beginning.fleets.map(({ targetGroupArns }) => targetGroupArns.length));
  const allowed = ones[0]?.kind === 'target group' ? ofSource : 1;
  return names.length > allowed ? [`${ones[0]?.entry.operation} made ${names.join(' and ')}`] : [];
}

function isRepeatedGroup(made: readonly Creation[], { kind, name, entry }: Creation): boolean {
  return kind === 'group' && made.some((one) => one.kind === kind && one.name === name && one.entry.seq < entry.seq);
}

/** What was removed without its name is what had been made before. */
function wentBefore(made: readonly Creation[], deletion: Deletion, { kind, name, entry }: Creation): boolean {
  if (deletion.kind !== kind || deletion.entry.seq > entry.seq) return false;
  if (deletion.name !== null) return deletion.name === name;
  return made.some((one) => one.kind === kind && one.name === name && one.entry.seq < deletion.entry.seq);
}
