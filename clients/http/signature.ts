/** Who may ask, and who tells: both ways a request is signed with a secret that the two sides share. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const timestampHeader = 'x-fleetshift-timestamp';
export const signatureHeader = 'x-fleetshift-signature';

/** A captured request can be sent again for this long, either way of clock difference; doing so changes nothing. */
export const replayWindowSeconds = 300;

/** 128 bits, should somebody write them in hexadecimal. */
export const minSecretCharacters = 32;

export interface SignedParts {
  /** Unix seconds, as in the header. */
  timestamp: string;
  method: string;
  /** As sent, with its query: part of the signature, so that a request for one service is none for another. */
  path: string;
  /** As sent, byte for byte. */
  body: Buffer | string;
}

export type SignatureAnswer = { kind: 'valid'; digest: string } | { kind: 'invalid'; message: string };

/** HMAC-SHA256 over `${timestamp}\n${METHOD} ${path}\n${body}`, in hexadecimal. */
export function signatureOf({ secret, parts }: { secret: string; parts: SignedParts }): string {
  const { timestamp, method, path, body } = parts;
  return createHmac('sha256', secret)
    .update(`${timestamp}\n${method.toUpperCase()} ${path}\n`)
    .update(body)
    .digest('hex');
}

/**
 * Checks the two headers. The signature comes first: only who knows the secret learns that it is the clock that is
 * wrong. Answers the digest, the same for an exact repetition and for nothing else.
 */
export function checkSignature(input: {
  secret: string;
  headers: Record<string, string | string[] | undefined>;
  method: string;
  path: string;
  body: Buffer | string;
  nowMs: number;
}): SignatureAnswer {
  const timestamp = input.headers[timestampHeader];
  const signature = input.headers[signatureHeader];
  if (typeof timestamp !== 'string' || typeof signature !== 'string') {
    return { kind: 'invalid', message: `the headers ${timestampHeader} and ${signatureHeader} are needed` };
  }
  const { secret, method, path, body } = input;
  const expected = signatureOf({ secret, parts: { timestamp, method, path, body } });
  if (!sameText(signature, `sha256=${expected}`)) {
    return {
      kind: 'invalid',
      message: 'the signature does not match: it covers timestamp, method, path and body exactly as sent',
    };
  }
  return isInWindow(timestamp, input.nowMs)
    ? { kind: 'valid', digest: expected }
    : {
        kind: 'invalid',
        message: `the timestamp is not within ${replayWindowSeconds} s of this server's clock (unix seconds are expected)`,
      };
}

function isInWindow(timestamp: string, nowMs: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(nowMs / 1000 - Number(timestamp)) <= replayWindowSeconds;
}

/** In a time that tells nothing of where they differ; that the lengths differ is no secret. */
function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
