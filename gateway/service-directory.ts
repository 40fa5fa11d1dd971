/** The service files that this gateway deploys from. Read again at each request, so that an edit counts at once. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem, type Problem } from '../domain/problems';
import { type ServiceConfig, serviceKey } from '../domain/service-file';
import { readServiceFile } from '../clients/temporal/service-file-text';

export type ServiceLookup =
  | { kind: 'found'; service: ServiceConfig }
  | { kind: 'unknown'; message: string }
  /** There is a file for it, and it has mistakes; paths begin with the file's name. */
  | { kind: 'invalid'; problems: Problem[] };

interface FileRead {
  file: string;
  read: { kind: 'valid'; key: string; service: ServiceConfig } | { kind: 'invalid'; problems: Problem[] };
}

export class ServiceDirectory {
  /** Which service a file was for when it was last readable: one that was broken since is still that service's. */
  private readonly keyByFile = new Map<string, string>();

  constructor(private readonly path: string) {}

  /** All mistakes of all files, each a sentence that names the file; empty when the gateway may start. */
  problems(): string[] {
    const reads = this.readAll();
    const broken = reads.flatMap(({ file, read }) =>
      read.kind === 'invalid'
        ? read.problems.map((problem) => `${join(this.path, file)}: ${formatProblem(problem)}`)
        : [],
    );
    const doubled = keysOf(reads).flatMap((key) => {
      const files = filesOf(reads, key);
      return files.length < 2 ? [] : [`${this.path}: ${doubleMessage(key, files)}`];
    });
    const none = reads.length > 0 ? [] : [`${this.path}: holds no service file (*.yml, *.yaml, *.json); add one`];
    return [...broken, ...doubled, ...none];
  }

  keys(): string[] {
    return keysOf(this.readAll());
  }

  /** By key (`name.environment.region`), or by the name alone when only one service has it. */
  find(nameOrKey: string): ServiceLookup {
    const reads = this.readAll();
    const known = [...new Set([...keysOf(reads), ...this.brokenKeys(reads)])];
    const matching = known.filter((key) => key === nameOrKey || key.split('.')[0] === nameOrKey);
    const [key] = matching;
    if (key === undefined) return { kind: 'unknown', message: unknownMessage(nameOrKey, known) };
    if (matching.length > 1) {
      return { kind: 'unknown', message: `"${nameOrKey}" is several services: use one of ${matching.join(', ')}` };
    }
    return this.read(reads, key);
  }

  private read(reads: FileRead[], key: string): ServiceLookup {
    const files = filesOf(reads, key);
    if (files.length > 1) return { kind: 'invalid', problems: [{ path: '', message: doubleMessage(key, files) }] };
    for (const { read } of reads) {
      if (read.kind === 'valid' && read.key === key) return { kind: 'found', service: read.service };
    }
    const problems = reads.flatMap(({ file, read }) =>
      read.kind === 'invalid' && this.keyByFile.get(file) === key
        ? read.problems.map((problem) => ({
            ...problem,
            path: problem.path === '' ? file : `${file}: ${problem.path}`,
          }))
        : [],
    );
    return { kind: 'invalid', problems };
  }

  private brokenKeys(reads: FileRead[]): string[] {
    return reads.flatMap(({ file, read }) => {
      const key = read.kind === 'invalid' ? this.keyByFile.get(file) : undefined;
      return key === undefined ? [] : [key];
    });
  }

  private readAll(): FileRead[] {
    const files = readdirSync(this.path).filter((file) => /\.(ya?ml|json)$/.test(file) && !file.startsWith('.'));
    return files.sort().map((file) => {
      const read = readServiceFile({ path: join(this.path, file) });
      if (read.kind === 'unreadable') {
        return { file, read: { kind: 'invalid', problems: [{ path: '', message: read.message }] } };
      }
      if (read.kind === 'invalid') return { file, read };
      const key = serviceKey(read.service);
      this.keyByFile.set(file, key);
      return { file, read: { kind: 'valid', key, service: read.service } };
    });
  }
}

function keysOf(reads: FileRead[]): string[] {
  return [...new Set(reads.flatMap(({ read }) => (read.kind === 'valid' ? [read.key] : [])))];
}

function filesOf(reads: FileRead[], key: string): string[] {
  return reads.flatMap(({ file, read }) => (read.kind === 'valid' && read.key === key ? [file] : []));
}

function doubleMessage(key: string, files: string[]): string {
  return `${files.join(' and ')} are both for ${key}; keep one of them`;
}

function unknownMessage(nameOrKey: string, known: string[]): string {
  return `no service file is for "${nameOrKey}"; known are: ${known.join(', ') || 'none'}`;
}
