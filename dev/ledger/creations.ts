/** What deployments have made and removed, from the ledger. */
import { deploymentTag } from '../../domain/names';
import type { LedgerEntry } from '../../sandbox/control/types';
import { ourChanges, type Fleet, type LedgerFacts } from './facts';

export const kinds = ['group', 'launch template', 'target group'] as const;
export type Kind = (typeof kinds)[number];

export interface Creation {
  entry: LedgerEntry;
  kind: Kind;
  name: string;
  /** UUID in its tags. */
  deployment: string | null;
}

export interface Deletion {
  entry: LedgerEntry;
  kind: Kind;
  /** Templates are removed by id, which the ledger of their creation does not have. */
  name: string | null;
}

interface Input {
  AutoScalingGroupName?: string;
  LaunchTemplateName?: string;
  Name?: string;
  TargetGroupArn?: string;
  TargetGroupARNs?: string[];
  Tags?: Tag[];
  TagSpecifications?: { Tags?: Tag[] }[];
}

interface Tag {
  Key?: string | undefined;
  Value?: string | undefined;
}

const kindsInNames: Partial<Record<string, Kind>> = {
  AutoScalingGroup: 'group',
  LaunchTemplate: 'launch template',
  TargetGroup: 'target group',
};

export function creations(facts: Pick<LedgerFacts, 'ledger'>): Creation[] {
  return ourChanges(facts).flatMap((entry): Creation[] => {
    const kind = kindsInNames[/^Create(\w+)$/.exec(entry.operation)?.[1] ?? ''];
    const { AutoScalingGroupName, LaunchTemplateName, Name, Tags = [], TagSpecifications = [] } = entry.input as Input;
    const name = AutoScalingGroupName ?? LaunchTemplateName ?? Name ?? '';
    const tags = [...Tags, ...TagSpecifications.flatMap((one) => one.Tags ?? [])];
    return kind === undefined ? [] : [{ entry, kind, name, deployment: deploymentIn(tags) }];
  });
}

export function deletions(facts: Pick<LedgerFacts, 'ledger'>): Deletion[] {
  return ourChanges(facts).flatMap((entry): Deletion[] => {
    const kind = kindsInNames[/^Delete(\w+)$/.exec(entry.operation)?.[1] ?? ''];
    const { AutoScalingGroupName, LaunchTemplateName, TargetGroupArn } = entry.input as Input;
    const targetGroup = TargetGroupArn === undefined ? null : targetGroupName(TargetGroupArn);
    return kind === undefined ? [] : [{ entry, kind, name: AutoScalingGroupName ?? LaunchTemplateName ?? targetGroup }];
  });
}

/** All fleets that the ledger knows of, oldest first. */
export function fleetsOf(facts: Pick<LedgerFacts, 'ledger' | 'beginning'>): Fleet[] {
  const made = creations(facts).filter(({ kind }) => kind === 'group');
  const known = facts.beginning.fleets;
  return [
    ...known,
    ...made.map(({ entry, name, deployment }) => {
      const targetGroupArns = (entry.input as Input).TargetGroupARNs ?? [];
      return { group: name, targetGroupArns, servers: 0, deployment };
    }),
  ];
}

export function deploymentIn(tags: readonly Tag[]): string | null {
  return tags.find(({ Key }) => Key === deploymentTag)?.Value ?? null;
}

/** Of `arn:…:targetgroup/<name>/<id>`. */
export function targetGroupName(arn: string): string {
  return arn.split('/')[1] ?? '';
}
