/** Getting the `aws` command line, with which a test runs what Fleetshift tells people to run. */
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBinary, type EnsureOptions } from './ensure-binary';
import { runBounded } from './run-bounded';
import type { BuildSource } from './source';

const version = '1.45.11';

/**
 * Path of a usable `aws`: `ensureBinary` says from where. One that is made takes about 20 s, once per machine.
 * @throws Error that lists every place tried with its answer, and the remedy
 */
export async function ensureAwsCli(options: EnsureOptions): Promise<string> {
  return ensureBinary(
    {
      name: 'aws',
      version,
      variable: 'FLEETSHIFT_AWS_CLI',
      builders: { 'pip install': pipInstall },
      remedy:
        'Install the AWS CLI (https://docs.aws.amazon.com/cli/) or python3 with the modules venv and pip, ' +
        'or set FLEETSHIFT_AWS_CLI to one that you have, and run this again.',
    },
    options,
  );
}

const homePrefix = 'python-';

/** A Python environment cannot be moved: it stays where it is made, and the binary is a script that runs it. */
const pipInstall: BuildSource = async ({ directory, cacheDirectory, environment, log }) => {
  await removeLeftovers(cacheDirectory);
  const home = await mkdtemp(join(cacheDirectory, homePrefix));
  const python = join(home, 'bin', 'python');
  const steps = [
    { command: 'python3', args: ['-m', 'venv', home] },
    { command: python, args: ['-m', 'pip', 'install', '--disable-pip-version-check', '-q', `awscli==${version}`] },
  ];
  for (const step of steps) {
    const name = [step.command, ...step.args.slice(0, 3)].join(' ');
    const run = await runBounded({ ...step, name, env: environment, directory, limitSeconds: 300, log });
    if (run.kind === 'failed') return { kind: 'missing', answer: `${name}: ${run.answer}` };
  }
  const path = join(directory, 'aws');
  await writeFile(path, `#!/bin/sh\nexec '${python}' -m awscli "$@"\n`);
  await chmod(path, 0o755);
  return { kind: 'found', path };
};

/** What a failed or killed build made: whoever builds finds no usable binary, so nothing uses them. */
async function removeLeftovers(cacheDirectory: string): Promise<void> {
  const leftovers = (await readdir(cacheDirectory)).filter((name) => name.startsWith(homePrefix));
  for (const name of leftovers) await rm(join(cacheDirectory, name), { recursive: true, force: true });
}
