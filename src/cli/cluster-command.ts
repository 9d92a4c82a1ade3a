/** What the `cluster` commands share: which cluster they mean, and how one is shown. */
import { Args, type Command, Flags } from '@oclif/core';
import { RkvError } from '../kv/errors.js';
import { DEFAULT_CLUSTER, mustBeClusterName, rkvHome } from '../launcher/home.js';
import type { ClusterName } from '../launcher/local.js';
import type { ClusterView } from '../launcher/view.js';
import { BaseCommand } from './base-command.js';
import type { Views } from './output.js';

export const nameFlag = Flags.string({
  description: 'name of the local cluster [env: RKV_CLUSTER]',
  aliases: ['cluster'],
  helpGroup: 'CLUSTER',
});

export const nodeArg = Args.string({ description: 'number of the node' });

export abstract class ClusterCommand<T extends typeof Command> extends BaseCommand<T> {
  static override baseFlags = { ...BaseCommand.baseFlags, name: nameFlag };

  protected get cluster(): ClusterName {
    const { name } = this.flags as { readonly name?: string };
    const wanted = name ?? (process.env.RKV_CLUSTER || DEFAULT_CLUSTER);
    return { home: rkvHome(), name: mustBeClusterName(wanted) };
  }

  /** '2' or 'node-2' as a number. Throws USAGE. */
  protected nodeOf(word: string): number {
    const digits = /^(?:node-)?(\d{1,5})$/.exec(word)?.[1];
    if (digits !== undefined) return Number(digits);
    throw new RkvError('USAGE', `'${word}' is no node: a number is expected`);
  }

  protected async printView(view: ClusterView): Promise<void> {
    await this.print(view, await this.viewsOf(view));
  }

  protected async viewsOf(view: ClusterView): Promise<Views> {
    if (process.stdout.isTTY !== true && this.format !== 'table') return {};
    const table = await this.table();
    return {
      table: () => {
        const supervisor = view.supervisor === null ? '' : `  supervisor ${view.supervisor.pid}`;
        const rows = view.nodes.map((node) => [
          node.id,
          node.state,
          node.pid,
          node.addresses.grpc,
          node.addresses.peer,
          node.restarts,
          node.reason ?? describeExit(node.lastExit),
        ]);
        const head = ['node', 'state', 'pid', 'clients', 'peers', 'restarts', 'last exit'];
        return `${view.name}  ${view.state}${supervisor}  ${view.dir}\n${table(head, rows)}\n`;
      },
    };
  }
}

function describeExit(exit: ClusterView['nodes'][number]['lastExit']): string | null {
  if (exit === null) return null;
  return `${exit.signal ?? `code ${exit.code}`} at ${exit.at}`;
}
