/** Build step: writes the workflow bundle beside the compiled code, unless nothing it is made of has changed. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBundle, bundlePath } from './bundle';

/** Newest change of the compiled code that goes into the bundle. */
function newestSourceMs(folders: string[]): number {
  const times = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  return Math.max(...[...times, statSync(__filename).mtimeMs]);
}

async function main(): Promise<void> {
  const compiled = join(__dirname, '..');
  const bundled = statSync(bundlePath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (bundled > newestSourceMs([join(compiled, 'workflows'), join(compiled, 'domain')])) return;
  writeFileSync(bundlePath, await buildBundle());
}

main().catch((error: unknown) => {
  process.stderr.write(
    `the workflow bundle could not be built: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
});
