/** A worker that is killed: each side of a call, one of two workers, and a way back. */
import { testKills } from './support/kills';
import { images } from './support/world';

/**
 * Writes of a good deployment to its listener: 0 %, 20 %, 90 %, 100 %, without old; of a bad one: 0 %, 20 %, back to 0 %,
 * without new. To the sizes of groups: new raised, old floored, new's floor undone, old emptied.
 */
testKills([
  {
    phase: 'prepare',
    name: 'kprepare',
    places: [{ operation: 'CreateTargetGroup', at: 'before' }],
  },
  {
    phase: 'shift, one of two workers',
    name: 'kstandby',
    standby: true,
    places: [{ operation: 'ModifyListener', nth: 2, at: 'unanswered' }],
  },
  {
    phase: 'rolling back, twice',
    name: 'kback',
    image: images.bad,
    places: [
      { operation: 'ModifyListener', nth: 2, at: 'unanswered' },
      { operation: 'DeleteAutoScalingGroup', at: 'unreported' },
    ],
  },
]);
