import type { RunRecord } from '../record';
import { newShare, routeWrites } from './routes';

/**
 * A route has one writer, who goes forward and at most once turns back: a share of new that rises again after it fell was
 * written by a second one, or by a late one.
 */
export function oneDirection(record: RunRecord): string[] {
  return record.source.routes.flatMap((route) => {
    const ours = routeWrites(record).filter((write) => write.ours && write.route === route);
    const turn = ours.findIndex((write, index) => {
      const last = ours[index - 1];
      return last !== undefined && newShare(write.after, record) < newShare(last.after, record);
    });
    if (turn < 0) return [];
    return ours
      .filter((write, index) => {
        const last = ours[index - 1];
        return index > turn && last !== undefined && newShare(write.after, record) > newShare(last.after, record);
      })
      .map((write) => `#${write.entry.seq} ${write.entry.operation} raised new again after it had been taken back`);
  });
}
