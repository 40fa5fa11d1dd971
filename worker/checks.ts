/** What must hold before a worker takes work; each failure says what to do. */
import type { NativeConnection } from '@temporalio/worker';
import { callerIdentity } from '../clients/aws/identity';
import type { AwsSessions } from '../clients/aws/sessions';
import { searchAttributes } from '../workflows/search-attributes';
import { StartError } from './config';

/** A missing search attribute would fail every workflow task for ever, so the worker refuses to start. */
export async function checkSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes)
    .map((attribute) => attribute.name)
    .filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  const commands = missing.map(
    (name) => `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type Keyword`,
  );
  throw new StartError(
    `namespace ${namespace} lacks search attributes; register them with:\n  ${commands.join('\n  ')}`,
  );
}

export async function checkCredentials(sessions: AwsSessions, region: string): Promise<string> {
  try {
    const { account, arn } = await callerIdentity(sessions({ region }));
    return `${arn} in account ${account}`;
  } catch (error) {
    const answer = error instanceof Error ? error.message : String(error);
    throw new StartError(`AWS does not accept the worker's credentials: ${answer}`);
  }
}
