/** Sends one signed POST; whether it was taken, and if not what came in its place. */
import { signatureHeader, signatureOf, timestampHeader } from './signature';

export interface WebhookCall {
  url: string;
  secret: string;
  /** JSON. */
  body: string;
  /** For one attempt, from the look-up of the name to the end of the answer. */
  withinMs: number;
}

/** Its message says where it was sent and what was answered; the call may be tried again. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

/**
 * Answers when the receiver answered 2xx. Redirects are not followed: the signature covers this path, and a receiver
 * that moved should be told by name.
 * @throws WebhookError
 */
export async function sendWebhook({ url, secret, body, withinMs }: WebhookCall): Promise<void> {
  const { pathname, search } = new URL(url);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const parts = { timestamp, method: 'POST', path: `${pathname}${search}`, body };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'fleetshift',
      [timestampHeader]: timestamp,
      [signatureHeader]: `sha256=${signatureOf({ secret, parts })}`,
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(withinMs),
  }).catch((error: unknown) => {
    throw new WebhookError(`POST ${url} got no answer: ${troubleText(error, withinMs)}`, { cause: error });
  });
  if (response.ok) return response.body?.cancel();
  const said = await beginningOf(response);
  throw new WebhookError(`POST ${url} was answered ${response.status}${said === '' ? '' : `: ${said}`}`);
}

/** Fetch wraps what the network said; for a name with several addresses it is one level deeper still. */
function troubleText(error: unknown, withinMs: number): string {
  const { name, message, cause, errors } = error as Partial<AggregateError>;
  if (name === 'TimeoutError') return `none came within ${withinMs / 1000} s`;
  if (cause !== undefined) return troubleText(cause, withinMs);
  if (errors !== undefined && errors.length > 0) return errors.map((one) => troubleText(one, withinMs)).join('; ');
  return message ?? String(error);
}

const saidCharacters = 300;

/** A receiver's own words, without taking in whatever length of them. */
async function beginningOf(response: Response): Promise<string> {
  if (response.status >= 300 && response.status < 400)
    return `redirects are not followed, it points to ${response.headers.get('location') ?? 'nowhere'}`;
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    while (reader && text.length < saidCharacters) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
    }
    await reader?.cancel();
  } catch {
    // The status alone says enough when the rest breaks off.
  }
  return text.replace(/\s+/g, ' ').trim().slice(0, saidCharacters);
}
