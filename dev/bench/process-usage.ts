/** What a process has used so far, as Linux counts it. */
import { readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** User and system time of all its threads since it began. */
  cpuSeconds: number;
  residentMb: number;
  peakResidentMb: number;
}

/** Linux counts in hundredths of a second on every platform that Node.js runs on. */
const ticksPerSecond = 100;

/** @throws Error when the process is gone, or this is not Linux */
export function usageOf(pid: number): ProcessUsage {
  const [stat, status] = [readProc(pid, 'stat'), readProc(pid, 'status')];
  // The command in parentheses may hold spaces; after it come state (field 3) and the rest.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return {
    cpuSeconds: (userTicks + systemTicks) / ticksPerSecond,
    residentMb: megabytes('VmRSS'),
    peakResidentMb: megabytes('VmHWM'),
  };
}

function readProc(pid: number, file: 'stat' | 'status'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot read what process ${pid} uses (this needs Linux, and the process alive): ${why}`);
  }
}
