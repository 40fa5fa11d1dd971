/** One place where a `temporal` binary may come from. */

export type Log = (line: string) => void;

export type SourceAnswer = { kind: 'found'; path: string } | { kind: 'missing'; answer: string };

export interface BuildContext {
  /** Empty directory for this one attempt; removed afterwards. */
  directory: string;
  environment: NodeJS.ProcessEnv;
  log: Log;
}

/** Makes a binary inside the directory it is given; "missing" says why it could not. */
export type BuildSource = (context: BuildContext) => Promise<SourceAnswer>;
