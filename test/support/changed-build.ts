/** Another release of the workflows, for tests: the compiled code with one change, bundled. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compiled } from '../../dev/project';

/**
 * Answers the folder, beside the real build so that it finds the same libraries; the caller removes it.
 * @throws Error when the text to change is not there
 */
export async function changedBuild(change: { file: string; from: string; to: string }): Promise<string> {
  const built = compiled('.');
  const copy = mkdtempSync(join(built, 'changed-'));
  for (const folder of ['worker', 'workflows', 'domain', 'activities', 'clients'])
    cpSync(join(built, folder), join(copy, folder), { recursive: true });
  const path = join(copy, 'workflows', change.file);
  const code = readFileSync(path, 'utf8');
  if (!code.includes(change.from)) throw new Error(`workflows/${change.file} has no "${change.from}" to change`);
  writeFileSync(path, code.replace(change.from, change.to));
  await promisify(execFile)(process.execPath, [join(copy, 'worker', 'bundle-workflows.js')]);
  return copy;
}
