import { AwsError } from '../aws-error';

export interface Page<T> {
  items: T[];
  nextToken?: string;
}

/** Cuts one page out of `items`; the token is the place of the next one. */
export function pageOf<T>(
  items: T[],
  token: string | undefined,
  size: number,
  errorCode = 'InvalidNextToken',
): Page<T> {
  const start = token === undefined || token === '' ? 0 : startOf(token, errorCode);
  const end = start + size;
  const page: Page<T> = { items: items.slice(start, end) };
  if (end < items.length) page.nextToken = Buffer.from(`page:${end}`).toString('base64url');
  return page;
}

function startOf(token: string, errorCode: string): number {
  const match = /^page:(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) throw new AwsError(errorCode, `The token '${token}' is not valid.`);
  return Number(match[1]);
}
