import type { Stage } from './stage';

/** Workflows in whose history the secret stands, as it is or as base64. */
export async function secretPlaces(
  { temporal }: Stage,
  workflowIds: readonly string[],
  secret: string,
): Promise<string[]> {
  const places: string[] = [];
  for (const workflowId of workflowIds) {
    const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
    if (tells(history, secret)) places.push(`the history of ${workflowId}`);
  }
  return places;
}

/** Looks into the payloads as they were before they were encoded. */
export function tells(history: unknown, secret: string): boolean {
  const forms = [secret, Buffer.from(secret).toString('base64')];
  const text = JSON.stringify(history, function (this: Record<string, unknown>, key: string, value: unknown) {
    // Taken from its place: a Buffer comes here as the list of its numbers.
    const raw = this[key];
    return raw instanceof Uint8Array ? Buffer.from(raw).toString('utf8') : value;
  });
  return forms.some((form) => text.includes(form));
}
