/** Runs before each test file: only warnings of the Temporal SDK in the output of the tests. */
import { DefaultLogger, Runtime } from '@temporalio/worker';

// Pure rules never meet Temporal, and should not wait for its native library to load.
if (process.env['FLEETSHIFT_TEST_SKIP_SETUP'] !== '1') {
  Runtime.install({ logger: new DefaultLogger('WARN') });
}
