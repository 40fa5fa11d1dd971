/** Shows what was read: redrawn in place on a terminal, as lines in a pipe, not at all for --json. */
import { columnsOf, type Io, wantsColour } from '../io';
import { type Line, paint } from '../render/line';

export interface LivePrinter<Seen> {
  show(seen: Seen): void;
  /** A line about the watching itself, such as an outage of Temporal. */
  remark(text: string): void;
}

/** How one kind of run is shown. */
export interface Shown<Seen> {
  screen: (input: { seen: Seen; nowMs: number; columns: number }) => Line[];
  /** For a log: what is new since the look before, which is null at the first. */
  changes: (input: { before: Seen | null; now: Seen; nowMs: number }) => Line[];
  hasEnded: (seen: Seen) => boolean;
}

export function livePrinter<Seen>(input: { io: Io; json: boolean; shown: Shown<Seen> }): LivePrinter<Seen> {
  const { io, json, shown } = input;
  if (json) return { show: () => undefined, remark: () => undefined };
  return io.stdout.isTTY === true && io.env['TERM'] !== 'dumb' ? redrawing(io, shown) : appending(io, shown);
}

/** Cursor up, then erase to the end of the screen (ECMA-48, CUU and ED). */
const back = (rows: number) => (rows === 0 ? '\r\x1b[J' : `\x1b[${rows}A\r\x1b[J`);

function redrawing<Seen>(io: Io, { screen, hasEnded }: Shown<Seen>): LivePrinter<Seen> {
  let drawnRows = 0;
  let last: Seen | null = null;
  const draw = (remark: string | null) => {
    if (last === null && remark === null) return;
    const columns = columnsOf(io.stdout);
    const colour = wantsColour({ output: io.stdout, env: io.env });
    const lines = last === null ? [] : screen({ seen: last, nowMs: io.nowMs(), columns });
    const painted = [
      ...lines.map((line) => paint({ line, columns, colour })),
      ...(remark === null ? [] : [paint({ line: [{ text: remark, tone: 'warn' }], columns, colour })]),
    ];
    // The last screen stays, so it may scroll; the ones before must fit, or going back up would miss their beginning.
    const fitting = last !== null && hasEnded(last) ? painted : painted.slice(0, (io.stdout.rows ?? 50) - 1);
    io.stdout.write(`${back(drawnRows)}${fitting.join('\n')}\n`);
    drawnRows = fitting.length;
  };
  return {
    show: (seen) => {
      last = seen;
      draw(null);
    },
    remark: (text) => draw(text),
  };
}

function appending<Seen>(io: Io, { changes }: Shown<Seen>): LivePrinter<Seen> {
  let before: Seen | null = null;
  const print = (text: string) => io.stdout.write(`${text}\n`);
  return {
    show: (now) => {
      changes({ before, now, nowMs: io.nowMs() }).forEach((line) =>
        print(paint({ line, columns: 1000, colour: false })),
      );
      before = now;
    },
    remark: print,
  };
}
