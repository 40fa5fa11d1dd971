import { ourChanges, type LedgerFacts } from './facts';

/** A group never changes what it launches, and a template that is there gets no new version: old would launch new code. */
export function launches(facts: LedgerFacts): string[] {
  return ourChanges(facts)
    .filter(({ operation, input }) => {
      const { LaunchTemplate, MixedInstancesPolicy } = input as {
        LaunchTemplate?: object;
        MixedInstancesPolicy?: object;
      };
      const changesGroup =
        operation === 'UpdateAutoScalingGroup' && (LaunchTemplate ?? MixedInstancesPolicy) !== undefined;
      return changesGroup || ['CreateLaunchTemplateVersion', 'ModifyLaunchTemplate'].includes(operation);
    })
    .map(({ seq, operation }) => `#${seq} ${operation} changed what a group launches that exists already`);
}
