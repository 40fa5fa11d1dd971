/** A worker that is killed, in each of the other phases. */
import { testKills } from '../e2e/support/kills';

/**
 * Writes of a good deployment to its listener: 0 %, 20 %, 90 %, 100 %, without old; of a bad one: 0 %, 20 %, back to 0 %,
 * without new. To the sizes of groups: new raised, old floored, new's floor undone, old emptied.
 */
testKills([
  {
    phase: 'clone',
    name: 'kclone',
    places: [{ operation: 'CreateAutoScalingGroup', at: 'unanswered' }],
  },
  {
    phase: 'ready, in a watch',
    name: 'kready',
    places: [{ operation: 'DescribeTargetHealth', nth: 3, at: 'before' }],
  },
  {
    phase: 'shift',
    name: 'kshift',
    places: [{ operation: 'ModifyListener', nth: 1, at: 'unreported' }],
  },
  {
    phase: 'bake, at the last weight, and at the decision',
    name: 'kbake',
    places: [
      { operation: 'ModifyListener', nth: 3, at: 'before' },
      { operation: 'UpdateAutoScalingGroup', at: 'unanswered' },
    ],
  },
  {
    phase: 'drain',
    name: 'kdrain',
    places: [{ operation: 'UpdateAutoScalingGroup', nth: 3, at: 'unanswered' }],
  },
]);
