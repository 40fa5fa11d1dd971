/** Runs once before the production test: compiles what its processes run. */
import { build } from '../../support/build';

/** @throws Error when it does not compile: what an earlier build left would be tested otherwise */
async function setUp(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const problems: string[] = [];
  await build((line) => problems.push(line));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

export = setUp;
