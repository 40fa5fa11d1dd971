import { TemporalError } from '../../clients/temporal/temporal-error';
import type { Seen } from '../../cli/render/screen';
import { shownDeployment } from '../../cli/watch/shown';
import { type Look, watch } from '../../cli/watch/watch';
import { resultWith, seenWith } from './support';

const { hasEnded } = shownDeployment;

function printer() {
  const shown: string[] = [];
  return { shown, show: () => shown.push('look'), remark: (text: string) => shown.push(text) };
}

test('giving up does not wait for a look that is not answered', async () => {
  const interruption = new AbortController();
  let asked: () => void = () => undefined;
  const firstLook = new Promise<void>((resolve) => (asked = resolve));
  const read = () => {
    asked();
    return new Promise<Look<Seen>>(() => undefined);
  };
  const end = watch({ read, hasEnded, printer: printer(), signal: interruption.signal });
  await firstLook;
  interruption.abort();
  expect(await end).toEqual({ kind: 'interrupted' });
});

test('an outage of Temporal is told once and does not end the watching', async () => {
  const outage = new TemporalError('no-answer', 'Temporal at h:1 did not answer.');
  const looks: (Look<Seen> | Error)[] = [
    outage,
    outage,
    { kind: 'found', seen: seenWith({ phase: 'decided', result: resultWith() }) },
  ];
  const terminal = printer();
  const read = async () => {
    const look = looks.shift();
    if (look === undefined || look instanceof Error) throw look ?? new Error('looked too often');
    return look;
  };
  const signal = new AbortController().signal;
  expect(await watch({ read, hasEnded, printer: terminal, signal })).toMatchObject({ kind: 'ended' });
  expect(terminal.shown).toEqual([expect.stringContaining('Still trying'), 'look']);
});

test('a refusal by Temporal ends the watching: trying again would not help', async () => {
  const read = () => Promise.reject(new TemporalError('refused', 'no access'));
  const signal = new AbortController().signal;
  await expect(watch({ read, hasEnded, printer: printer(), signal })).rejects.toThrow('no access');
});
