/** `rkv cluster kill NODE`: ends a node process the hard way, to see what happens. */
import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../src/cli/cluster-command.js';

export default class ClusterKill extends ClusterCommand<typeof ClusterKill> {
  static override summary = 'send a signal to a node of a local cluster';
  static override description =
    'The node stays down until "cluster restart NODE", unless --respawn lets supervision restart it.';

  static override args = {
    node: Args.string({ description: 'number of the node', required: true }),
  };
  static override flags = {
    signal: Flags.string({ description: 'which signal', default: 'KILL' }),
    respawn: Flags.boolean({ description: 'as if it had been killed from outside' }),
  };

  async run(): Promise<void> {
    const { killNode, mustSignal } = await import('../../src/launcher/local.js');
    const { signal, respawn } = this.flags;
    const node = this.nodeOf(this.args.node);
    await this.printView(await killNode(this.cluster, node, mustSignal(signal), respawn));
  }
}
