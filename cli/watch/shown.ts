/** What can be watched, and how each is shown. */
import type { DrainView } from '../../clients/temporal/read-drain';
import { changeLines, drainChangeLines } from '../render/changes';
import { drainEndLines, drainLines, drainScreenLines } from '../render/drain';
import { line } from '../render/line';
import { screenLines, type Seen } from '../render/screen';
import { resultLines } from '../render/summary';
import type { Shown } from './live-printer';

/** Lines of a log are not broken at a terminal's width. */
const columns = 200;

export const shownDeployment: Shown<Seen> = {
  screen: screenLines,
  changes: ({ before, now, nowMs }) => {
    const { progress, drain, stopped } = now;
    return [
      ...changeLines({ before, now }),
      ...(progress.result === null ? [] : resultLines({ result: progress.result, columns })),
      ...(drain === null ? [] : drainLines({ drain, nowMs, columns })),
      ...(stopped === null ? [] : [line(stopped)]),
    ];
  },
  hasEnded: ({ progress, stopped }) => progress.result !== null || stopped !== null,
};

export const shownDrain: Shown<DrainView> = {
  screen: ({ seen, ...rest }) => drainScreenLines({ drain: seen, ...rest }),
  changes: ({ before, now }) => [...drainChangeLines({ before, now }), ...drainEndLines({ drain: now, columns })],
  hasEnded: ({ result, stopped }) => result !== null || stopped !== null,
};
