/** Three-way restore: where the live value is still ours, the original's; where somebody else changed it, theirs stays. */
export function restoredMinSize(input: {
  live: number;
  /** Every value that was written while frozen. */
  frozen: readonly number[];
  original: number;
}): { kind: 'restore'; minSize: number } | { kind: 'keep' } {
  if (input.live === input.original || input.frozen.includes(input.live))
    return { kind: 'restore', minSize: input.original };
  return { kind: 'keep' };
}
