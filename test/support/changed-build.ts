/** Another release of the workflows, for tests: this build with one change in its workflow bundle. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiled } from '../../dev/project';

export interface Change {
  /** Compiled code that is in one place of the workflows. */
  from: string;
  to: string;
}

export function workflowBundle(): string {
  return readFileSync(compiled('workflow-bundle.js'), 'utf8');
}

/** @throws Error when the text to change is not there, or not only once */
export function changedBundle({ from, to }: Change): string {
  const [before = '', after, ...more] = workflowBundle().split(from);
  if (after === undefined || more.length > 0)
    throw new Error(`the workflow bundle must have the text to change exactly once: "${from}"`);
  return before + to + after;
}

/** Answers a folder with the worker's program, beside the real build so that it finds the same libraries; the caller removes it. */
export function changedBuild(change: Change): string {
  const built = compiled('.');
  const copy = mkdtempSync(join(built, 'changed-'));
  for (const folder of ['worker', 'workflows', 'domain', 'activities', 'clients'])
    cpSync(join(built, folder), join(copy, folder), { recursive: true });
  writeFileSync(join(copy, 'workflow-bundle.js'), changedBundle(change));
  return copy;
}
