/** The failure model promises nothing without a proof: every row names a test that is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../dev/project';

interface Row {
  what: string;
  /** Test file and title, as the last column has them. */
  proofs: { file: string; title: string }[];
}

const columns = 6;

function rows(): Row[] {
  const text = readFileSync(join(projectRoot, 'docs', 'failure-model.md'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter(([first = '']) => !/^-+$/.test(first) && first !== 'What goes wrong')
    .map((cells) => {
      expect({ row: cells[0], cells: cells.length }).toEqual({ row: cells[0], cells: columns });
      return { what: `${cells[0]} – ${cells[1]}`, proofs: proofsIn(cells.at(-1) ?? '') };
    });
}

/** Proofs are written as `file`: “title”, several in one cell. */
function proofsIn(cell: string): Row['proofs'] {
  return [...cell.matchAll(/`([^`]+)`: “([^”]+)”/g)].map(([, file = '', title = '']) => ({ file, title }));
}

/** A title as it stands in the code: the whole literal; of a table of tests, with its placeholders. */
function hasTest(source: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
}

test('the table has rows', () => {
  expect(rows().length).toBeGreaterThan(20);
});

test.each(rows().map((row) => [row.what, row] as const))('%s: is proved', (_what, row) => {
  expect(row.proofs.length).toBeGreaterThan(0);
  for (const { file, title } of row.proofs) {
    const path = join(projectRoot, file);
    expect({ file, there: existsSync(path) }).toEqual({ file, there: true });
    expect({ file, title, there: hasTest(readFileSync(path, 'utf8'), title) }).toEqual({ file, title, there: true });
  }
});
