/**
 * The proof that a cluster serves: a linearizable write and read through every shard, asked of each
 * node on its own, since each of them will be somebody's endpoint.
 */
import { RkvError, toRkvError } from '../kv/errors.js';

/** One round through one node; resolves with the shards that answered. */
export type Probe = (endpoint: string, timeoutMs: number) => Promise<readonly number[]>;

/** A node asked before its shards have leaders says no at once; leaders come within an election. */
const RETRY_MS = 25;

export const clientProbe: Probe = async (endpoint, timeoutMs) => {
  const { connect } = await import('../client/connect.js');
  const client = await connect({ endpoints: [endpoint], timeoutMs });
  try {
    return await client.admin.probe({ timeoutMs });
  } finally {
    await client.close();
  }
};

/** Loads the client while the nodes start: gRPC takes longer to load than a quiet probe to run. */
export async function warmProbe(): Promise<void> {
  await import('../client/connect.js').catch(() => undefined);
}

/**
 * Resolves when every endpoint has served all shards; rejects NOT_READY with the last reason after
 * `timeoutMs`, and at once with what a retry would not help.
 */
export async function probeAll(
  endpoints: readonly string[],
  timeoutMs: number,
  probe: Probe,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  await Promise.all(endpoints.map((endpoint) => probeUntil(endpoint, deadline, probe)));
}

async function probeUntil(endpoint: string, deadline: number, probe: Probe): Promise<void> {
  let reason = 'no time was left to ask';
  for (;;) {
    const left = deadline - performance.now();
    if (left <= 0) throw new RkvError('NOT_READY', `not ready in time: ${endpoint}: ${reason}`);
    try {
      await probe(endpoint, left);
      return;
    } catch (thrown) {
      const error = toRkvError(thrown);
      if (!mayAskAgain(error)) throw error;
      reason = error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/**
 * A probe's write whose outcome is unknown may be written again: it writes the same. EXPIRED speaks
 * of one request only, and comes while a young cluster's clock finds the time of day.
 */
function mayAskAgain(error: RkvError): boolean {
  return error.retryable || error.kind === 'unknown' || error.code === 'EXPIRED';
}
