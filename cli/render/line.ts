/** One line of a screen: pieces of text with a tone, so that cutting and colouring never meet. */

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'dim' | 'strong';

export interface Piece {
  text: string;
  tone: Tone;
}

export type Line = Piece[];

export function piece(text: string, tone: Tone = 'plain'): Piece {
  return { text, tone };
}

export function line(...pieces: (Piece | string)[]): Line {
  return pieces.map((one) => (typeof one === 'string' ? piece(one) : one));
}

/** Select Graphic Rendition parameters (ECMA-48, 8.3.117). */
const codes: Record<Tone, string> = { plain: '', good: '32', bad: '31', warn: '33', dim: '2', strong: '1' };

/** The line as text, cut to the width and, if asked, coloured. */
export function paint(input: { line: Line; columns: number; colour: boolean }): string {
  const { line: pieces, columns, colour } = input;
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
  let left = length > columns ? columns - 1 : columns;
  const painted = pieces.map(({ text, tone }) => {
    const shown = printable(text).slice(0, left);
    left -= shown.length;
    return colour && codes[tone] !== '' && shown !== '' ? `\x1b[${codes[tone]}m${shown}\x1b[0m` : shown;
  });
  return `${painted.join('')}${length > columns ? '…' : ''}`.trimEnd();
}

/** Reasons and notices come from outside; control characters in them must not drive the terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** Breaks a sentence into lines of at most `width`, at spaces. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of printable(text).split(' ').filter(Boolean)) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return current === '' ? lines : [...lines, current];
}
