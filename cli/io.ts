/** The terminal or pipe that a command talks to; tests put their own in its place. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

export interface Io {
  stdout: Output;
  stderr: Output;
  env: NodeJS.ProcessEnv;
  /** Name that stands for the person in `--by`. */
  userName: string;
  nowMs: () => number;
}

/** Colours only for people: not in a pipe, not with NO_COLOR (no-color.org), not on a dumb terminal. */
export function wantsColour({ output, env }: { output: Output; env: NodeJS.ProcessEnv }): boolean {
  return output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Widths beyond the terminal's would wrap and spoil the redrawing. */
export function columnsOf(output: Output): number {
  return output.columns !== undefined && output.columns > 0 ? output.columns : 80;
}
