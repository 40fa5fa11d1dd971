/**
 * Reads of many deployments that are asked for at about the same moment go out as one call: AWS counts calls, per
 * account and region. Only watchers wait for company; a writer decides on what it reads, so it asks alone and at once.
 */
import DataLoader from 'dataloader';
import { isWatching } from './attempt';
import { AwsCallError } from './errors';
import type { AwsSession } from './sessions';

/** How long the first of them waits for others; little beside the time between two looks. */
const gatherMs = 100;

/**
 * @param most keys in one call
 * @param ask answers in the order of the keys, undefined for what is not there; an Error is about its key alone. What it
 * throws is about all of them, but for `not-found`, which may be about any one: then each is asked for by itself.
 */
export function batchedRead<Key, Value>({
  most,
  ask,
}: {
  most: number;
  ask: (aws: AwsSession, keys: readonly Key[]) => Promise<(Value | undefined | Error)[]>;
}): (aws: AwsSession, key: Key) => Promise<Value | undefined> {
  const loaders = new WeakMap<AwsSession, DataLoader<Key, Value | undefined>>();
  const loaderOf = (aws: AwsSession) => {
    const known = loaders.get(aws);
    if (known) return known;
    const made = new DataLoader<Key, Value | undefined>((keys) => askOnce(aws, keys), {
      // What is read now must not answer a later question.
      cache: false,
      maxBatchSize: most,
      batchScheduleFn: (send) => setTimeout(send, gatherMs),
    });
    loaders.set(aws, made);
    return made;
  };

  async function askOnce(aws: AwsSession, keys: readonly Key[]): Promise<(Value | undefined | Error)[]> {
    const unique = [...new Set(keys)];
    const answers = await askTogether(aws, unique);
    const byKey = new Map(unique.map((key, index) => [key, answers[index]]));
    return keys.map((key) => byKey.get(key));
  }

  async function askTogether(aws: AwsSession, keys: readonly Key[]): Promise<(Value | undefined | Error)[]> {
    try {
      return await ask(aws, keys);
    } catch (error) {
      const isAboutOne = error instanceof AwsCallError && error.kind === 'not-found' && keys.length > 1;
      return isAboutOne
        ? Promise.all(keys.map((key) => askAlone(aws, key).catch(asError)))
        : keys.map(() => asError(error));
    }
  }

  async function askAlone(aws: AwsSession, key: Key): Promise<Value | undefined> {
    const [answer] = await ask(aws, [key]);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  return (aws, key) => (isWatching() ? loaderOf(aws).load(key) : askAlone(aws, key));
}

/** Items in the order of the keys that they belong to. */
export function inOrderOf<Item>(
  keys: readonly string[],
  items: readonly Item[] | undefined,
  keyOf: (item: Item) => string | undefined,
): (Item | undefined)[] {
  const byKey = new Map((items ?? []).map((item) => [keyOf(item), item]));
  return keys.map((key) => byKey.get(key));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
