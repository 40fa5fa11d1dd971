/** A PostgreSQL cluster of the test's own, from the packages of the system, set up as the container is. */
import { randomBytes } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../../../dev/processes/child';
import { freePort } from '../../../dev/processes/free-port';
import { projectRoot } from '../../../dev/project';

export interface Postgres {
  /** As the one-shots and the Temporal server read it: SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD. */
  env: Record<string, string>;
  /** Stops it as a crash would, without a last checkpoint (`pg_ctl stop -m immediate`), and starts it again. */
  crashAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Makes a cluster below `directory`, starts it, and makes Temporal's role with deploy/temporal/create-role.sh.
 * PostgreSQL refuses to run as root: then it runs as the user `postgres`, who is there when the package is.
 * @throws Error that says what to install
 */
export async function startPostgres(directory: string): Promise<Postgres> {
  const programs = programFolder();
  const root = join(directory, 'postgresql');
  const [data, password] = [join(root, 'data'), randomBytes(16).toString('hex')];
  mkdirSync(root, { mode: 0o755 });
  writeFileSync(join(root, 'password'), randomBytes(16).toString('hex'));
  const owner = ownerOfCluster();
  if (owner !== undefined) {
    chmodSync(directory, 0o755);
    for (const path of [root, join(root, 'password')]) chownSync(path, owner.uid, owner.gid);
  }
  const asOwner =
    owner === undefined ? [] : ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  run([
    ...[...asOwner, join(programs, 'initdb'), '--pgdata', data, '--username', 'postgres', '--encoding', 'UTF8'],
    ...['--locale', 'C.UTF-8', '--auth-local', 'trust', '--auth-host', 'scram-sha-256', '--data-checksums'],
    ...['--pwfile', join(root, 'password')],
  ]);
  const port = await freePort();
  const start = () => startServer({ command: [...asOwner, join(programs, 'postgres')], data, root, port, programs });
  let server = await start();
  const role = { SQL_USER: 'temporal', SQL_PASSWORD: password };
  run([join(projectRoot, 'deploy/temporal/create-role.sh')], {
    ...{ PATH: `${programs}:${process.env['PATH']}`, PGHOST: root, PGPORT: String(port) },
    ...role,
  });
  return {
    env: { SQL_HOST: '127.0.0.1', SQL_PORT: String(port), ...role },
    crashAndRestart: async () => {
      server.signal('SIGQUIT');
      await server.ended;
      server = await start();
    },
    stop: async () => {
      server.signal('SIGINT');
      await server.stop();
    },
  };
}

/** In the foreground, so that it ends with the test whatever happens to that. */
async function startServer(input: {
  command: string[];
  data: string;
  root: string;
  port: number;
  programs: string;
}): Promise<Child> {
  const { data, root, port, programs } = input;
  const [command = '', ...args] = input.command;
  const child = await Child.start({
    name: 'PostgreSQL',
    command,
    args: [...args, '-D', data, '-k', root, '-h', '127.0.0.1', '-p', String(port), '-c', 'max_connections=200'],
    env: { PATH: process.env['PATH'] },
    logPath: join(root, '..', 'postgresql.log'),
  });
  const isReady = () =>
    spawnSync(join(programs, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]).status === 0;
  await child.untilReady('PostgreSQL to take connections', isReady, 30_000);
  return child;
}

/** Debian keeps the server's programs off PATH, one folder for each major version. */
function programFolder(): string {
  const versions = '/usr/lib/postgresql';
  const folders = existsSync(versions)
    ? readdirSync(versions)
        .sort((one, other) => Number(other) - Number(one))
        .map((version) => join(versions, version, 'bin'))
    : [];
  const found = [...folders, ...(process.env['PATH'] ?? '').split(':')].find((one) => existsSync(join(one, 'initdb')));
  if (found !== undefined) return found;
  throw new Error('PostgreSQL is not installed: apt-get install --yes postgresql, and run this again');
}

function ownerOfCluster(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** @throws Error with the end of what the command said */
export function run([command = '', ...args]: string[], env: NodeJS.ProcessEnv = process.env): string {
  const ended = spawnSync(command, args, { env, encoding: 'utf8', timeout: 180_000 });
  if (ended.status === 0) return ended.stdout;
  const said = `${ended.error?.message ?? ''}${ended.stdout}${ended.stderr}`.trim().split('\n').slice(-10).join('\n');
  throw new Error(`${command} ended with code ${ended.status ?? 'none'}: ${said}`);
}
