/** `rkv cluster wait`: returns when every shard of a local cluster serves. */
import { durationFlag } from '../../src/cli/client-command.js';
import { ClusterCommand } from '../../src/cli/cluster-command.js';

export default class ClusterWait extends ClusterCommand<typeof ClusterWait> {
  static override summary = 'wait until every shard has served a write and a read';
  static override description = 'Exit 5 when that takes too long, 3 when the cluster does not run.';

  static override flags = {
    timeout: durationFlag({
      description: 'how long',
      default: 30_000,
      defaultHelp: async () => '30s',
    }),
  };

  async run(): Promise<void> {
    const { waitFor } = await import('../../src/launcher/local.js');
    await this.printView(await waitFor(this.cluster, this.flags.timeout));
  }
}
