/** `rkv cluster status`: supervisor and processes of a local cluster, running or not. */
import { ClusterCommand } from '../../src/cli/cluster-command.js';

export default class ClusterStatus extends ClusterCommand<typeof ClusterStatus> {
  static override summary = 'show the processes of a local cluster';
  static override description =
    'Exit 0 for a stopped cluster too (its state says so), 3 when none of this name is recorded. ' +
    'Whether the shards serve is what "rkv status" and "rkv health" say.';

  async run(): Promise<void> {
    const { statusOf } = await import('../../src/launcher/local.js');
    await this.printView(await statusOf(this.cluster));
  }
}
