/** `rkv cluster down`: stops a local cluster in order; its data stays unless wiped. */
import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../src/cli/cluster-command.js';

export default class ClusterDown extends ClusterCommand<typeof ClusterDown> {
  static override summary = 'stop a local cluster';
  static override description =
    'Returns when all its processes have ended. One that is stopped already is fine (exit 0).';

  static override flags = {
    wipe: Flags.boolean({ description: 'remove its data, logs and record too' }),
  };

  async run(): Promise<void> {
    const { down } = await import('../../src/launcher/local.js');
    await this.printView(await down(this.cluster, this.flags.wipe));
  }
}
