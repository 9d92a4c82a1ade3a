/**
 * Writers under test: they write numbered keys, remember what was acknowledged, and read it back.
 */

import type { Client } from '../../src/client/client.js';
import { connect } from '../../src/client/connect.js';
import { RkvError } from '../../src/kv/errors.js';
import type { ClusterStatus } from '../../src/kv/status.js';
import type { LocalCluster } from './support.js';

export const endpointsOf = (cluster: LocalCluster): string[] =>
  cluster.nodes.map((node) => node.addresses.grpc).filter((address) => typeof address === 'string');

export interface Writers {
  /** Keys acknowledged so far, with the value each must have. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Errors by code; a refused or unknown write is no loss. */
  readonly errors: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export function startWriters(client: Client, callers: number, valueBytes = 32): Writers {
  const acknowledged = new Map<string, string>();
  const errors = new Map<string, number>();
  let stopped = false;
  let next = 0;
  const filler = 'x'.repeat(valueBytes);
  const write = async (): Promise<void> => {
    while (!stopped) {
      const number = next++;
      const key = `w:${number}`;
      const value = `${number}:${filler}`;
      try {
        await client.set(key, value, { timeoutMs: 5_000 });
        acknowledged.set(key, value);
      } catch (error) {
        const code = error instanceof RkvError ? error.code : String(error);
        errors.set(code, (errors.get(code) ?? 0) + 1);
      }
    }
  };
  const running = Array.from({ length: callers }, write);
  return {
    acknowledged,
    errors,
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}

/** Keys that do not have the value that was acknowledged. */
export async function lost(
  client: Client,
  acknowledged: ReadonlyMap<string, string>,
): Promise<string[]> {
  const missing: string[] = [];
  const entries = [...acknowledged];
  for (let i = 0; i < entries.length; i += 500) {
    const slice = entries.slice(i, i + 500);
    const values = await client.mget(
      slice.map(([key]) => key),
      { timeoutMs: 20_000 },
    );
    slice.forEach(([key, value], at) => {
      if (values[at]?.value.toString() !== value) missing.push(key);
    });
  }
  return missing;
}

export const clientOf = (cluster: LocalCluster): Promise<Client> =>
  connect({ endpoints: endpointsOf(cluster), timeoutMs: 10_000 });

/** Every replica of every shard has applied everything, and nobody is fenced or down. */
export function settled(status: ClusterStatus): boolean {
  return [status.meta, ...status.shards].every(
    (shard) =>
      shard.state === 'serving' &&
      shard.members.every(
        (member) => member.state === 'replicate' && member.lag === 0 && !member.fenced,
      ),
  );
}
