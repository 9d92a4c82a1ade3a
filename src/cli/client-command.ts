/**
 * A command that talks to a cluster: finds its endpoints, connects, and closes again whatever
 * happens. The client and gRPC load inside `withClient` only.
 */
import { Args, type Command, Flags } from '@oclif/core';
import type { Client } from '../client/client.js';
import type { ConnectOptions } from '../client/types.js';
import { mustMs } from '../config/units.js';
import { RkvError } from '../kv/errors.js';
import { type EndpointFlags, resolveEndpoints } from '../launcher/endpoints.js';
import { BaseCommand } from './base-command.js';

/** A time of at least 1 ms: `5s`, `200ms`; a bare number is seconds. */
function parseTime(name: string, text: string): number {
  const ms = mustMs(name, text, 's');
  if (ms >= 1) return ms;
  throw new RkvError('USAGE', `${name}: '${text}' is no time above zero`);
}

export const durationFlag = Flags.custom<number>({
  helpValue: '<time>',
  parse: async (text, _context, options) => parseTime(`--${options.name}`, text),
});

export const timeArg = Args.custom<number>({
  parse: async (text, _context, options) => parseTime(options.name ?? 'time', text),
});

export const clusterFlags = {
  endpoints: Flags.string({
    description: 'host:port,… of any nodes [env: RKV_ENDPOINTS]',
    helpGroup: 'CLUSTER',
  }),
  cluster: Flags.string({
    description: 'name of a local cluster [env: RKV_CLUSTER]',
    helpGroup: 'CLUSTER',
  }),
  timeout: durationFlag({
    description: 'how long to wait for an answer',
    default: 5000,
    defaultHelp: async () => '5s',
    helpGroup: 'CLUSTER',
  }),
};

export abstract class ClientCommand<T extends typeof Command> extends BaseCommand<T> {
  static override baseFlags = { ...BaseCommand.baseFlags, ...clusterFlags };

  protected get timeoutMs(): number {
    return (this.flags as { readonly timeout: number }).timeout;
  }

  /** The addresses these flags lead to. */
  protected endpoints(): Promise<string[]> {
    return resolveEndpoints(this.flags as EndpointFlags);
  }

  /** What this kind of command wants of its connection. */
  protected connectOptions(): Partial<ConnectOptions> {
    return {};
  }

  protected async withClient<R>(use: (client: Client) => Promise<R>): Promise<R> {
    const [{ connect }, endpoints] = await Promise.all([
      import('../client/connect.js'),
      this.endpoints(),
    ]);
    const client = await connect({
      endpoints,
      timeoutMs: this.timeoutMs,
      ...this.connectOptions(),
    });
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  }
}
