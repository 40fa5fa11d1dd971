import { createScreen } from '../../dev/demo/screen';

function screenOn({ isTTY, columns = 80 }: { isTTY: boolean; columns?: number }) {
  const written: string[] = [];
  const clock = { nowMs: 0 };
  const output = { isTTY, columns, write: (text: string) => written.push(text) > 0 };
  return { screen: createScreen({ output, nowMs: () => clock.nowMs }), clock, text: () => written.join('') };
}

test('in a pipe there are whole lines without control characters, and a status only now and then', () => {
  const { screen, clock, text } = screenOn({ isTTY: false });
  screen.event('began');
  screen.status('first');
  screen.status('too soon');
  clock.nowMs = 6000;
  screen.status('later');
  screen.close();
  expect(text()).toBe('   0.0 s  began\n   0.0 s  first\n   6.0 s  later\n');
});

test('on a terminal a status gives way to events, and is never longer than a line', () => {
  const { screen, text } = screenOn({ isTTY: true, columns: 30 });
  screen.status('x'.repeat(100));
  screen.event('happened');
  screen.close();
  const shown = text().replaceAll('\r\x1b[K', '<clear>');
  const status = `   0.0 s  ${'x'.repeat(19)}`;
  expect(shown).toBe(`<clear>${status}<clear>   0.0 s  happened\n${status}<clear>`);
});
