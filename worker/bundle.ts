/** The workflow bundle, built ahead so that every worker of a release runs the same workflow code. */
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './config';

/** Compiled code lies in `dist/`, beside which this file runs. */
const compiledRoot = join(__dirname, '..');
export const bundlePath = join(compiledRoot, 'workflow-bundle.js');
export const payloadConverterPath = join(compiledRoot, 'workflows', 'payload-converter.js');

export async function buildBundle(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(compiledRoot, 'workflows', 'index.js'),
    payloadConverterPath,
    preloadModules: domainModules(),
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

/**
 * The rules are pure and keep no state, so all workflows of a worker share one frozen copy of them. Otherwise each would
 * have its own, zod included: 1.1 MB and some 20 ms for every lease.
 */
function domainModules(): string[] {
  const folder = join(compiledRoot, 'domain');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => join(folder, file));
}

export function requireBundle(): string {
  if (existsSync(bundlePath)) return bundlePath;
  throw new StartError(`the workflow bundle ${bundlePath} is missing; run: npm run build`);
}
