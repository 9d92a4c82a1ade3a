/** `rkv cluster logs [-f] [node]`: what the nodes have written to their logs. */
import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../src/cli/cluster-command.js';
import { writeStdout } from '../../src/cli/output.js';

export default class ClusterLogs extends ClusterCommand<typeof ClusterLogs> {
  static override summary = 'print the logs of a local cluster';

  static override args = { node: Args.string({ description: "a node's number, or 'supervisor'" }) };
  static override flags = {
    follow: Flags.boolean({ char: 'f', description: 'go on as they grow, until Ctrl-C' }),
  };

  async run(): Promise<void> {
    const { statusOf } = await import('../../src/launcher/local.js');
    const { followLogs, logSources, printLogs } = await import('../../src/launcher/logs.js');
    const sources = logSources(await statusOf(this.cluster), this.args.node);
    const alone = sources.length === 1;
    const write = (label: string, line: string): Promise<void> =>
      writeStdout(alone ? `${line}\n` : `${label} | ${line}\n`);
    if (!this.flags.follow) return printLogs(sources, write);
    await followLogs(sources, write, new AbortController().signal);
  }
}
