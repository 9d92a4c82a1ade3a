/** `rkv cluster restart [node]`: one node, or all of them one after the other. */
import { durationFlag } from '../../src/cli/client-command.js';
import { ClusterCommand, nodeArg } from '../../src/cli/cluster-command.js';

export default class ClusterRestart extends ClusterCommand<typeof ClusterRestart> {
  static override summary = 'restart one node of a local cluster, or all in turn';
  static override description =
    'Returns when every shard has served a write and a read again. Brings back a node that was ' +
    'killed with "cluster kill".';

  static override args = { node: nodeArg };
  static override flags = {
    timeout: durationFlag({
      description: 'for all of it',
      default: 30_000,
      defaultHelp: async () => '30s',
    }),
  };

  async run(): Promise<void> {
    const { restart } = await import('../../src/launcher/local.js');
    const { node } = this.args;
    const id = node === undefined ? null : this.nodeOf(node);
    await this.printView(await restart(this.cluster, id, this.flags.timeout));
  }
}
