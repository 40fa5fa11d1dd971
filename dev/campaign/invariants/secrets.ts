import type { RunRecord } from '../record';

/** No secret of the user data reaches Temporal's history. */
export function secrets({ secretSeenIn }: RunRecord): string[] {
  return secretSeenIn.map((place) => `the secret of the user data is in ${place}`);
}
