import { ClientCommand } from '../../src/cli/client-command.js';
import { nodesTable } from '../../src/cli/status-view.js';

export default class NodeList extends ClientCommand<typeof NodeList> {
  static override summary = 'list the nodes: state, addresses, leaders, replicas';
  static override examples = ['<%= config.bin %> node list'];

  async run(): Promise<void> {
    const { nodes } = await this.withClient((client) => client.admin.status());
    const table = await this.table();
    await this.print({ nodes }, { table: () => nodesTable(table, nodes) });
  }
}
