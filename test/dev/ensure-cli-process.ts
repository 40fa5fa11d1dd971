/** A process of its own that gets the binary, so that tests can run two at once and kill one. */
import { ensureTemporalCli, goInstallCli } from '../../dev/temporal/ensure-cli';

void ensureTemporalCli({
  log: (line) => process.stderr.write(`${line}\n`),
  builders: { 'go install': goInstallCli },
}).then(
  (path) => process.stdout.write(path),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exitCode = 1;
  },
);
