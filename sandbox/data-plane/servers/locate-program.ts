import { existsSync } from 'node:fs';
import { join } from 'node:path';

const name = 'server-program.js';

/**
 * The compiled server program: next to this file's folder when the sandbox itself runs compiled, else in dist/ of the
 * same checkout (tests run the sandbox from its sources, but node cannot).
 * @throws Error when nothing was built
 */
export function locateServerProgram(): string {
  const folder = join(__dirname, '..');
  const candidates = [join(folder, name), join(folder, '..', '..', 'dist', 'sandbox', 'data-plane', name)];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      `cannot start a server of the sandbox: found none of ${candidates.join(', ')}; run \`npm run build\` first`,
    );
  }
  return found;
}
