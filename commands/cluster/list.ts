/** `rkv cluster list`: all local clusters of this user, running or not. */
import { BaseCommand } from '../../src/cli/base-command.js';
import { rkvHome } from '../../src/launcher/home.js';

export default class ClusterList extends BaseCommand<typeof ClusterList> {
  static override summary = 'list the local clusters';

  async run(): Promise<void> {
    const { listAll } = await import('../../src/launcher/local.js');
    const clusters = await listAll(rkvHome());
    const table = await this.table();
    const rows = clusters.map(({ name, state, nodes, dir }) => {
      const up = nodes.filter((node) => node.state === 'up').length;
      return [name, state, `${up}/${nodes.length}`, nodes[0]?.addresses.grpc, dir];
    });
    await this.print(
      { clusters },
      { table: () => table(['name', 'state', 'up', 'first node', 'directory'], rows) },
    );
  }
}
