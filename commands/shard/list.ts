import { Flags } from '@oclif/core';
import { ClientCommand } from '../../src/cli/client-command.js';
import { shardsTable } from '../../src/cli/status-view.js';

type Load = { readonly readsPerSecond: number; readonly writesPerSecond: number };
const loadOf = (shard: Load): number => shard.readsPerSecond + shard.writesPerSecond;

export default class ShardList extends ClientCommand<typeof ShardList> {
  static override summary = 'list the shards: slots, leader, progress, size, load';
  static override examples = ['<%= config.bin %> shard list --hot'];
  static override flags = {
    hot: Flags.boolean({ description: 'the busiest first' }),
  };

  async run(): Promise<void> {
    const status = await this.withClient((client) => client.admin.status());
    const shards = [...status.shards];
    if (this.flags.hot) shards.sort((a, b) => loadOf(b) - loadOf(a));
    const table = await this.table();
    await this.print({ shards }, { table: () => shardsTable(table, shards) });
  }
}
