/** Where the checkout and its compiled files are, whether this code runs from TypeScript or from dist/. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const projectRoot = rootAbove(__dirname);

/** Path of a compiled file, for example `compiled('worker/main.js')`: what child processes run. */
export function compiled(path: string): string {
  return join(projectRoot, 'dist', path);
}

function rootAbove(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error(`no package.json in any directory above ${__dirname}`);
  return rootAbove(parent);
}
