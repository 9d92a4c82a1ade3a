/** Hidden: the detached supervisor of `cluster up -d`; its plan comes over the IPC channel. */
import { Command } from '@oclif/core';

export default class ClusterSupervise extends Command {
  static override hidden = true;
  static override summary = 'run the supervisor of a local cluster (started by cluster up -d)';

  async run(): Promise<void> {
    if (process.send === undefined) this.error('only rkv cluster up -d starts this', { exit: 2 });
    const [{ supervise }, { thisProgram }] = await Promise.all([
      import('../../src/launcher/up.js'),
      import('../../src/launcher/child.js'),
    ]);
    process.exit(await supervise(thisProgram()));
  }
}
