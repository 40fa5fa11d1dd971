/** Service files as people write them. Here because both that submit deployments, gateway and command line, read them. */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { parseServiceFile, type ServiceFileAnswer } from '../../domain/service-file';

/** Far above any real service file; a wrong path must not pull a log or an image into memory. */
const maxBytes = 256 * 1024;

export type ServiceFileRead = ServiceFileAnswer | { kind: 'unreadable'; message: string };

/** Reads a service file in YAML or JSON (which is YAML too); never throws. */
export function readServiceFile({ path }: { path: string }): ServiceFileRead {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.length > maxBytes) return { kind: 'unreadable', message: 'is larger than 256 KiB; no service file is' };
    return parseServiceText({ text });
  } catch (error) {
    return { kind: 'unreadable', message: readErrorText(error) };
  }
}

/** Checks the text of a service file; a mistake in the notation is a problem at `line …, column …`. */
export function parseServiceText({ text }: { text: string }): ServiceFileAnswer {
  const document = parseDocument(text, { prettyErrors: true });
  const mistakes = document.errors.map((error) => {
    const at = error.linePos?.[0];
    return {
      path: at === undefined ? '' : `line ${at.line}, column ${at.col}`,
      message: error.message.split(/ at line |\n/)[0] ?? error.message,
    };
  });
  if (mistakes.length > 0) return { kind: 'invalid', problems: mistakes };
  const content: unknown = document.toJS();
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const message =
      'expected settings such as "service: web", found ' + (content === null ? 'nothing' : 'something else');
    return { kind: 'invalid', problems: [{ path: '', message }] };
  }
  return parseServiceFile(content);
}

function readErrorText(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EISDIR') return 'is a directory; name one service file';
  if (code === 'EACCES') return 'may not be read by this user';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
