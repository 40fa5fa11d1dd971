/** One place where a binary may come from. */

export type Log = (line: string) => void;

export type SourceAnswer = { kind: 'found'; path: string } | { kind: 'missing'; answer: string };

export interface BuildContext {
  /** Empty directory for this one attempt; removed afterwards. */
  directory: string;
  /** Where the binary will stay, for what it needs beside it; only one build at a time is in here. */
  cacheDirectory: string;
  environment: NodeJS.ProcessEnv;
  log: Log;
}

/** Makes a binary inside the directory it is given; "missing" says why it could not. */
export type BuildSource = (context: BuildContext) => Promise<SourceAnswer>;
