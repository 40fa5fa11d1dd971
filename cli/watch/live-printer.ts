/** Shows what was read: redrawn in place on a terminal, as lines in a pipe, not at all for --json. */
import { columnsOf, type Io, wantsColour } from '../io';
import { changeLines } from '../render/changes';
import { paint } from '../render/line';
import { screenLines, type Seen } from '../render/screen';
import { resultLines } from '../render/summary';

export interface LivePrinter {
  show(seen: Seen): void;
  /** A line about the watching itself, such as an outage of Temporal. */
  remark(text: string): void;
}

export function livePrinter({ io, json }: { io: Io; json: boolean }): LivePrinter {
  if (json) return { show: () => undefined, remark: () => undefined };
  return io.stdout.isTTY === true && io.env['TERM'] !== 'dumb' ? redrawing(io) : appending(io);
}

/** Cursor up, then erase to the end of the screen (ECMA-48, CUU and ED). */
const back = (rows: number) => (rows === 0 ? '\r\x1b[J' : `\x1b[${rows}A\r\x1b[J`);

function redrawing(io: Io): LivePrinter {
  let drawnRows = 0;
  let last: Seen | null = null;
  const draw = (remark: string | null) => {
    if (last === null && remark === null) return;
    const columns = columnsOf(io.stdout);
    const colour = wantsColour({ output: io.stdout, env: io.env });
    const lines = last === null ? [] : screenLines({ seen: last, nowMs: io.nowMs(), columns });
    const painted = [
      ...lines.map((line) => paint({ line, columns, colour })),
      ...(remark === null ? [] : [paint({ line: [{ text: remark, tone: 'warn' }], columns, colour })]),
    ];
    const shown = last !== null && hasEnded(last) ? painted : painted.slice(0, (io.stdout.rows ?? 50) - 1);
    io.stdout.write(`${back(drawnRows)}${shown.join('\n')}\n`);
    drawnRows = shown.length;
  };
  return {
    show: (seen) => {
      last = seen;
      draw(null);
    },
    remark: (text) => draw(text),
  };
}

/** The last screen stays, so it may scroll; the ones before must fit, or going back up would miss their beginning. */
function hasEnded({ progress, stopped }: Seen): boolean {
  return progress.result !== null || stopped !== null;
}

function appending(io: Io): LivePrinter {
  let before: Seen | null = null;
  const print = (text: string) => io.stdout.write(`${text}\n`);
  return {
    show: (seen) => {
      const { progress, stopped } = seen;
      const changes = changeLines({ before, now: seen });
      const end = progress.result === null ? [] : resultLines({ result: progress.result, columns: 200 });
      [...changes, ...end].forEach((line) => print(paint({ line, columns: 1000, colour: false })));
      if (stopped !== null) print(stopped);
      before = seen;
    },
    remark: print,
  };
}
