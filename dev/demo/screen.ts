/** A line that changes in place on a terminal; plain lines, now and then, in a pipe. */
export interface Screen {
  /** Something that happened: stays. */
  event(text: string): void;
  /** How things stand: replaced by the next one. */
  status(text: string): void;
  /** Clears the status. */
  close(): void;
}

/** In a pipe a status is worth a line only this often. */
const plainStatusEveryMs = 5000;

export interface ScreenOptions {
  output: Pick<NodeJS.WriteStream, 'write' | 'columns'> & { isTTY?: boolean };
  nowMs?: () => number;
}

export function createScreen({ output, nowMs = Date.now }: ScreenOptions): Screen {
  const startedAtMs = nowMs();
  const clock = () => `${((nowMs() - startedAtMs) / 1000).toFixed(1).padStart(6)} s`;
  return output.isTTY === true ? liveScreen(output, clock) : plainScreen(output, clock, nowMs);
}

function liveScreen(output: ScreenOptions['output'], clock: () => string): Screen {
  const clearLine = '\r\x1b[K';
  let shown = '';
  return {
    event: (text) => output.write(`${clearLine}${clock()}  ${text}\n${shown}`),
    status: (text) => {
      // A line that wraps could not be cleared again.
      shown = `${clock()}  ${text}`.slice(0, (output.columns || 80) - 1);
      output.write(clearLine + shown);
    },
    close: () => {
      shown = '';
      output.write(clearLine);
    },
  };
}

function plainScreen(output: ScreenOptions['output'], clock: () => string, nowMs: () => number): Screen {
  let lastStatusAtMs = Number.NEGATIVE_INFINITY;
  return {
    event: (text) => output.write(`${clock()}  ${text}\n`),
    status: (text) => {
      if (nowMs() - lastStatusAtMs < plainStatusEveryMs) return;
      lastStatusAtMs = nowMs();
      output.write(`${clock()}  ${text}\n`);
    },
    close: () => undefined,
  };
}
