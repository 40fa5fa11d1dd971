/** docker-compose.yml and its neighbours, read as data; nothing of Docker is needed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../dev/project';

export interface Service {
  image?: string;
  build?: { context: string; target: string };
  profiles?: string[];
  command?: string[];
  entrypoint?: string[];
  restart?: string;
  stop_grace_period?: string;
  network_mode?: string;
  networks?: string[];
  ports?: string[];
  environment?: Record<string, string | null>;
  volumes?: (string | { type: string; source: string; target: string })[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
}

export interface ComposeFile {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, unknown>;
}

export function readText(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** Merge keys are resolved, variables are not. */
export function readCompose(): ComposeFile {
  return parse(readText('docker-compose.yml'), { merge: true }) as ComposeFile;
}

export interface Variable {
  name: string;
  /** `:-` a default, `:?` refused when missing. */
  kind: 'default' | 'required' | 'bare';
}

/** Every `${VARIABLE…}` in a text, and nothing of its comments. */
export function variablesIn(text: string): Variable[] {
  const withoutComments = text.replace(/^\s*#.*$/gm, '');
  return [...withoutComments.matchAll(/\$\{(\w+)(:[-?])?/g)].map(([, name = '', operator]) => ({
    name,
    kind: operator === ':-' ? 'default' : operator === ':?' ? 'required' : 'bare',
  }));
}

/** `NAME=value` lines, also those that are commented out. */
export function settingsIn(envFile: string): Record<string, string> {
  return Object.fromEntries(
    [...envFile.matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** One instruction of a Dockerfile; continued lines are joined. */
export interface Instruction {
  verb: string;
  rest: string;
}

export function instructionsIn(dockerfile: string): Instruction[] {
  return dockerfile
    .replace(/^#.*$/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [verb = '', ...rest] = line.trim().split(/\s+/);
      return { verb, rest: rest.join(' ') };
    });
}
