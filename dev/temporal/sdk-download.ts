import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../project';
import { temporalVersion } from './versions';
import { runBounded } from '../tools/run-bounded';
import type { BuildSource } from '../tools/source';

/**
 * The SDK downloads only as part of starting a server, and cannot be interrupted: so a process of its own does it,
 * which can. It stops at the first failure, so where only package registries are reachable this costs a moment.
 */
const script = `
const { TestWorkflowEnvironment } = require('@temporalio/testing');
const [version, downloadDir] = process.argv.slice(1);
TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download', version, downloadDir } } })
  .then((environment) => environment.teardown())
  .then(() => process.exit(0), (error) => { process.stderr.write(String(error) + '\\n'); process.exit(1); });
`;

/** The Temporal SDK's own download of a released binary. */
export const sdkDownload: BuildSource = async ({ directory, environment, log }) => {
  const run = await runBounded({
    name: `download of temporal ${temporalVersion} by the SDK`,
    command: process.execPath,
    args: ['-e', script, temporalVersion, directory],
    // The script runs in an empty directory and still has to find the packages of this project.
    env: { ...environment, NODE_PATH: join(projectRoot, 'node_modules') },
    directory,
    limitSeconds: 120,
    log,
  });
  if (run.kind === 'failed') return { kind: 'missing', answer: run.answer };
  const downloaded = (await readdir(directory)).find((name) => name.startsWith('temporal'));
  return downloaded === undefined
    ? { kind: 'missing', answer: `succeeded, but left no binary in ${directory}` }
    : { kind: 'found', path: join(directory, downloaded) };
};
