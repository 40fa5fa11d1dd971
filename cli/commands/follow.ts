/** The common end of `deploy --wait` and `status`: what is looked at, how it is shown, what exit code it comes to. */
import type { Temporal } from '../../clients/temporal/connection';
import { isDrainId } from '../../clients/temporal/describe-run';
import { readDeployment } from '../../clients/temporal/read-deployment';
import { type DrainView, readDrain } from '../../clients/temporal/read-drain';
import { exitCodeOf, exitCodes } from '../exit-codes';
import { columnsOf, wantsColour } from '../io';
import { Refusal } from '../refusal';
import { paint } from '../render/line';
import type { Seen } from '../render/screen';
import { livePrinter, type Shown } from '../watch/live-printer';
import { shownDeployment, shownDrain } from '../watch/shown';
import { type Look, watch } from '../watch/watch';
import { type CommandContext, printJson } from './context';

const pipeColumns = 200;

export interface LookAt {
  context: CommandContext;
  temporal: Temporal;
  /** Of a deployment or a drain. */
  id: string;
  json: boolean;
}

/** One kind of run, as the commands look at it. */
interface Subject<View> {
  read: () => Promise<Look<View>>;
  shown: Shown<View>;
  json: (seen: View) => object;
  exitCode: (seen: View) => number;
}

/** Shows it until it has ended, and answers the exit code. */
export function follow(at: LookAt): Promise<number> {
  return isDrainId(at.id) ? followTo(at, drain(at)) : followTo(at, deployment(at));
}

/** Shows it once, and answers the exit code, which for one that still runs is 0. */
export function showOnce(at: LookAt): Promise<number> {
  return isDrainId(at.id) ? show(at, drain(at)) : show(at, deployment(at));
}

async function followTo<View>({ context, id, json }: LookAt, subject: Subject<View>): Promise<number> {
  const { io } = context;
  const { read, shown } = subject;
  const printer = livePrinter({ io, json, shown });
  const end = await watch({ read, hasEnded: shown.hasEnded, printer, signal: context.interrupted });
  switch (end.kind) {
    case 'not-found':
      throw unknownDeployment(id);
    case 'interrupted':
      io.stderr.write(`the deployment goes on without us; look again with: fleetshift status ${id} --watch\n`);
      return exitCodes.interrupted;
    case 'ended':
      if (json) printJson(io, subject.json(end.seen));
      return subject.exitCode(end.seen);
  }
}

async function show<View>({ context, id, json }: LookAt, subject: Subject<View>): Promise<number> {
  const { io } = context;
  const look = await subject.read();
  if (look.kind === 'not-found') throw unknownDeployment(id);
  const { seen } = look;
  if (json) {
    printJson(io, subject.json(seen));
  } else {
    // In a pipe nothing is cut: whatever reads it wants the ids whole.
    const columns = io.stdout.isTTY === true ? columnsOf(io.stdout) : pipeColumns;
    const colour = wantsColour({ output: io.stdout, env: io.env });
    const lines = subject.shown.screen({ seen, nowMs: io.nowMs(), columns });
    io.stdout.write(`${lines.map((line) => paint({ line, columns, colour })).join('\n')}\n`);
  }
  return subject.exitCode(seen);
}

function deployment({ temporal, id }: LookAt): Subject<Seen> {
  return {
    read: async () => {
      const answer = await readDeployment({ temporal, deploymentId: id });
      if (answer.kind === 'not-found') return answer;
      const { kind, ...seen } = answer;
      return { kind, seen };
    },
    shown: shownDeployment,
    json: ({ progress, ...beside }) => ({ ...progress, ...beside }),
    exitCode: ({ progress, stopped }) => {
      if (progress.result !== null) return exitCodeOf(progress.result.outcome);
      return stopped === null ? exitCodes.ok : exitCodes.needsAttention;
    },
  };
}

function drain({ temporal, id }: LookAt): Subject<DrainView> {
  return {
    read: async () => {
      const answer = await readDrain({ temporal, drainId: id });
      return answer.kind === 'found' ? { kind: 'found', seen: answer.drain } : answer;
    },
    shown: shownDrain,
    json: (seen) => seen,
    exitCode: ({ result, stopped }) => {
      if (result?.ending === 'rolled-back') return exitCodes.wentBack;
      return result?.ending === 'needs-attention' || stopped !== null ? exitCodes.needsAttention : exitCodes.ok;
    },
  };
}

export function unknownDeployment(id: string): Refusal {
  return new Refusal([
    `there is no deployment ${id}, or Temporal no longer keeps it; "fleetshift list" shows those it knows`,
  ]);
}
