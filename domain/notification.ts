/** What a service's webhook is told: that something waits for a person, or went back without one. */
import type { Gate, Hold, Outcome, Revision } from './deployment';

export const notifiedEvents = [
  'held',
  'gate-waiting',
  'rolling-back',
  'rolled-back',
  'rollback-refused',
  'late',
  'way-back-at-risk',
  'needs-attention',
] as const;
export type NotifiedEvent = (typeof notifiedEvents)[number];

/** What happened, and how long it is of use to tell. */
export type Happening =
  | { event: 'held'; hold: Hold }
  | { event: 'gate-waiting'; gate: Gate }
  /** Told at its begin: a way back that AWS refuses may take a day until it ends. */
  | { event: 'rolling-back'; reason: string }
  /** Somebody asked a drain for it, and may not have heard the answer. */
  | { event: 'rollback-refused'; reason: string }
  /** An old fleet does not go in the time that the service file gives it. */
  | { event: 'late'; reason: string }
  /** Old is kept, but could not take all traffic back now. */
  | { event: 'way-back-at-risk'; reason: string; keptUntilMs: number }
  | { event: 'rolled-back' | 'needs-attention'; reason: string; repairs: string[] };

/** Whose happening it is. */
export interface About {
  deploymentId: string;
  /** Set when the drain after the deployment tells. */
  drainId: string | null;
  /** `name.environment.region`. */
  service: string;
  number: number;
  revision: Revision;
}

/** Body of the webhook's POST; everything is always there, so that a receiver need not ask what is missing. */
export interface Notification extends About {
  event: NotifiedEvent;
  /** The same at every attempt to tell it: a receiver that knows it drops it. */
  id: string;
  /** When it happened, not when it was told; ISO 8601 in UTC, as all times in here. */
  at: string;
  /** Null while the deployment has not ended. */
  outcome: Outcome | null;
  /** For people; of a rollback with the numbers that decided. */
  reason: string;
  hold: { reason: Hold['reason']; until: string } | null;
  gate: { atPercent: number; until: string } | null;
  /** Exactly what a person has to repair. */
  repairs: string[];
  /** What can be done about it. */
  commands: { command: string; effect: string }[];
}

export function notificationOf(input: { happening: Happening; about: About; id: string; atMs: number }): Notification {
  const { happening, about, id, atMs } = input;
  const { event } = happening;
  const hold = event === 'held' ? happening.hold : null;
  const gate = event === 'gate-waiting' ? happening.gate : null;
  return {
    event,
    id,
    at: iso(atMs),
    ...about,
    outcome: event === 'rolled-back' || event === 'needs-attention' ? event : null,
    reason: reasonOf(happening),
    hold: hold && { reason: hold.reason, until: iso(hold.untilMs) },
    gate: gate && { atPercent: gate.atPercent, until: iso(gate.untilMs) },
    repairs: 'repairs' in happening ? happening.repairs : [],
    commands: commandsFor(happening, about.drainId ?? about.deploymentId),
  };
}

const hour = 3600;

/** How long a receiver that does not answer is tried: what waits for a person is of no use once it is over. */
export function tellForSeconds(happening: Happening, nowMs: number): number {
  const untilMs = ofUseUntilMs(happening);
  return untilMs === null ? 24 * hour : Math.max(1, Math.min(hour, (untilMs - nowMs) / 1000));
}

function ofUseUntilMs(happening: Happening): number | null {
  switch (happening.event) {
    case 'held':
      return happening.hold.untilMs;
    case 'gate-waiting':
      return happening.gate.untilMs;
    case 'way-back-at-risk':
      return happening.keptUntilMs;
    default:
      return null;
  }
}

function reasonOf(happening: Happening): string {
  switch (happening.event) {
    case 'held':
      return happening.hold.detail;
    case 'gate-waiting':
      return happening.gate.atPercent === 100
        ? 'somebody must promote before the new version gets all traffic'
        : `somebody must promote beyond ${happening.gate.atPercent} %`;
    default:
      return happening.reason;
  }
}

function commandsFor(happening: Happening, id: string): Notification['commands'] {
  const see = { command: `fleetshift status ${id} --watch`, effect: 'shows how it stands' };
  const goOn = { command: `fleetshift promote ${id}`, effect: 'goes on' };
  const goBack = { command: `fleetshift abort ${id}`, effect: 'puts the traffic back and removes what was made' };
  switch (happening.event) {
    case 'held':
      // Weights that somebody else wrote are not overwritten, whoever promotes.
      return happening.hold.reason === 'foreign-edit' ? [see, goBack] : [see, goOn, goBack];
    case 'gate-waiting':
      return [see, goOn, goBack];
    case 'rollback-refused':
      return [see, { command: `fleetshift rollback ${id}`, effect: 'asks for it again' }];
    default:
      return [see];
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
