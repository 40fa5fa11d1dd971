/** A worker that is frozen while the clone is made, and on the way back. */
import { testFreezes } from '../e2e/support/freezes';
import { images } from '../e2e/support/world';

testFreezes([
  {
    phase: 'clone, aborted meanwhile',
    name: 'fclone',
    place: { operation: 'CreateAutoScalingGroup', at: 'refused' },
    abort: true,
  },
  {
    phase: 'rolling back',
    name: 'fback',
    image: images.bad,
    place: { operation: 'ModifyListener', nth: 2, at: 'refused' },
  },
]);
