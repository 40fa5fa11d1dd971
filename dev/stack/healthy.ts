import type { Child } from '../processes/child';

/** Waits until a child process answers 200 at the URL. */
export async function untilHealthy(child: Child, url: string, deadlineMs: number): Promise<void> {
  await child.untilReady(
    `status 200 at ${url}`,
    async () => {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      await response.arrayBuffer();
      return response.status === 200;
    },
    deadlineMs,
  );
}
