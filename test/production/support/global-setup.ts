/** Runs once before the production test: compiles what its processes run. */
import { build } from '../../support/build';

async function setUp(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  await build((line) => process.stderr.write(`[set-up] ${line}\n`));
}

export = setUp;
