/** The same world as in the demo, left standing until Ctrl-C, with everything said that is needed to play with it. */
import { once } from 'node:events';
import { sandboxCredentials, stackSettings } from './stack/settings';
import { servicesDirectory, startStack, type Stack } from './stack/stack';

async function main(): Promise<void> {
  const stack = await startStack(say);
  say(howToReach(stack));
  const signal = await interrupted();
  say(`\n${signal}: ending everything`);
  await stack.stop();
  await stack.removeLogs();
}

async function interrupted(): Promise<string> {
  return await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal).then(() => signal)));
}

function howToReach({ temporal, temporalCli, sandbox, gatewayUrl, webhookSecret, directory }: Stack): string {
  const { accessKeyId, secretAccessKey } = sandboxCredentials;
  return `
Everything is up; Ctrl-C ends it. Logs: ${directory}

Set these in another terminal:
  export TEMPORAL_ADDRESS=${temporal.address}
  export AWS_ENDPOINT_URL=${sandbox.url} AWS_REGION=${stackSettings.region}
  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}

The service's users          ${sandbox.balancerUrl}
Temporal's web console       ${temporal.uiUrl ?? 'off'}
Fleetshift                   bin/fleetshift --help
Deploy a new version         bin/fleetshift deploy ${servicesDirectory}/web.yml --image ami-web-v2
Temporal's command line      ${temporalCli} workflow list --address ${temporal.address}
AWS's command line           aws --endpoint-url ${sandbox.url} --region ${stackSettings.region} autoscaling describe-auto-scaling-groups

Deploy by webhook, as a pipeline does:
  body='{"image":"ami-web-v2","by":"me","reason":"trying it"}' path=/v1/services/web/deployments now=$(date +%s)
  sign=$(printf '%s\\nPOST %s\\n%s' "$now" "$path" "$body" | openssl dgst -sha256 -hmac ${webhookSecret} -r | cut -d' ' -f1)
  curl -d "$body" -H 'content-type: application/json' -H "x-fleetshift-timestamp: $now" \\
    -H "x-fleetshift-signature: sha256=$sign" ${gatewayUrl}$path
`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
