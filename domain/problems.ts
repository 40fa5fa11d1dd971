/** Mistakes in what a person wrote: where it is, and what was found against what is allowed. */
import type { z } from 'zod';

export interface Problem {
  /** Dotted path of the mistake, such as `shift.steps[2]`; empty for the whole. */
  path: string;
  message: string;
}

/** Pass to `safeParse` for content without secrets: what was found is then repeated in every message. */
export const tellingWhatWasFound = { error: allowed, reportInput: true } as const;

export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = formatPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: path === '' ? key : `${path}.${key}`,
        message: 'is not a known setting',
      }));
    }
    return [{ path, message: withFound(issue) }];
  });
}

export function formatProblem(problem: Problem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}

const typeNames: Record<string, string> = {
  object: 'a group of settings',
  record: 'a group of settings',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
};

/** What is allowed, in people's words, for the issues on which no field has its own. */
function allowed(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = `expected ${typeNames[issue.expected] ?? issue.expected}`;
      return issue.input === undefined ? `is missing: ${expected}` : expected;
    }
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${countedThings(issue.origin)}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${countedThings(issue.origin)}`;
    default:
      return undefined;
  }
}

function countedThings(origin: string): string {
  if (origin === 'array') return ' entries';
  return origin === 'string' ? ' characters' : '';
}

const longestQuote = 100;

function withFound(issue: z.core.$ZodIssue): string {
  if (issue.input === undefined || issue.message.includes(', found ')) return issue.message;
  const found = JSON.stringify(issue.input);
  return `${issue.message}, found ${found.length > longestQuote ? `${found.slice(0, longestQuote)}…` : found}`;
}

function formatPath(path: PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}
