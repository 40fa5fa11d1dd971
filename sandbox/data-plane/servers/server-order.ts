import type { ImageProgram } from '../types';

/** What a server process is told at its start, as JSON in its only argument. */
export interface ServerOrder {
  instanceId: string;
  address: string;
  program: ImageProgram;
  /** It listens from this moment (epoch), or as soon as it can when the start took longer. */
  listenAtMs: number;
}
