import { ClientCommand } from '../src/cli/client-command.js';
import { notServing, statusTable } from '../src/cli/status-view.js';

export default class Status extends ClientCommand<typeof Status> {
  static override summary = 'show nodes, shards, leaders and how far each has come';
  static override description = 'Exit 5: a shard does not serve.';
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status -o json'];

  async run(): Promise<void> {
    const status = await this.withClient((client) => client.admin.status());
    const table = await this.table();
    await this.print(status, { table: () => statusTable(table, status) });
    if (notServing(status).length > 0) this.exitWith(5);
  }
}
