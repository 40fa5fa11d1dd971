/** The load generator's own process: sends until it is told to stop, and tells its counts when asked. */
import { count, noCounts } from './counts';
import type { LoadRequest } from './load';
import { sendSteadily } from './steady-requests';

const [url = '', requestsPerSecond = ''] = process.argv.slice(2);
const counts = noCounts();
const stopping = new AbortController();

const sending = sendSteadily(
  { url, requestsPerSecond: Number(requestsPerSecond), onEnd: (end) => count(counts, end) },
  stopping.signal,
);

process.on('message', (request: LoadRequest) => {
  if (request === 'counts') process.send?.(counts);
  if (request === 'stop') {
    stopping.abort();
    void sending.then(() => process.send?.(counts, () => process.disconnect()));
  }
});
