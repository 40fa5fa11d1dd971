import type { RunRecord } from '../record';

/** No evidence is never good evidence: whatever succeeded was judged on the requests that were asked for. */
export function judged({ result, minimumRequests }: RunRecord): string[] {
  if (result?.outcome !== 'succeeded') return [];
  const seen = result.judge?.newRequests ?? 0;
  return seen >= minimumRequests ? [] : [`it succeeded on ${seen} requests of new, and needs ${minimumRequests}`];
}
