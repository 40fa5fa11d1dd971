/** A worker that is frozen in the shift and in the bake. */
import { testFreezes } from './support/freezes';

testFreezes([
  {
    phase: 'shift, aborted meanwhile',
    name: 'fshift',
    place: { operation: 'ModifyListener', nth: 1, at: 'refused' },
    abort: true,
  },
  {
    phase: 'bake, at the last weight',
    name: 'fbake',
    place: { operation: 'ModifyListener', nth: 3, at: 'unanswered' },
  },
]);
