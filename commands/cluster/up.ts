/** `rkv cluster up`: a local cluster of N node processes, ready when it returns. */
import { Flags } from '@oclif/core';
import { durationFlag } from '../../src/cli/client-command.js';
import { ClusterCommand } from '../../src/cli/cluster-command.js';
import { clusterUp } from '../../src/cli/cluster-up.js';

export default class ClusterUp extends ClusterCommand<typeof ClusterUp> {
  static override summary = 'start a local cluster, or the recorded one again';
  static override description =
    'Returns (or with -d detaches) only when a linearizable write and read have gone through every ' +
    'shard. In the foreground Ctrl-C stops all nodes in order; data stays, and the next up finds it.';
  static override examples = [
    '<%= config.bin %> cluster up -n 3',
    '<%= config.bin %> cluster up -n 5 -d --name five',
    '<%= config.bin %> cluster up -f configs/cluster.yaml -d --ready-file r --env-file e',
  ];

  static override flags = {
    nodes: Flags.integer({ char: 'n', description: 'number of nodes [default: 3]' }),
    shards: Flags.integer({ description: 'shards of a new cluster [default: 4]' }),
    replicas: Flags.integer({ description: 'replicas per shard, odd [default: 3]' }),
    engine: Flags.string({ description: 'level or memory [default: level]' }),
    file: Flags.string({ char: 'f', description: 'cluster file (configs/cluster.yaml)' }),
    detach: Flags.boolean({ char: 'd', description: 'leave it running in the background' }),
    proxied: Flags.boolean({
      description: 'nodes talk through proxies and take faults: rkv chaos',
    }),
    ports: Flags.string({ description: "'auto': the system chooses", helpValue: 'auto' }),
    'base-port': Flags.integer({ description: 'node i listens on base + 10 i [default: 7400]' }),
    'data-dir': Flags.string({ description: 'folder of the data directories' }),
    'wait-timeout': durationFlag({
      description: 'how long to wait until every shard serves',
      default: 30_000,
      defaultHelp: async () => '30s',
    }),
    'ready-file': Flags.string({ description: 'written when ready, removed when stopped' }),
    'env-file': Flags.string({ description: 'RKV_CLUSTER and RKV_ENDPOINTS as NAME=value lines' }),
  };

  async run(): Promise<void> {
    // the progress is drawn on stdout, so it must be a terminal, and one that knows its width
    const drawn = process.stdout.isTTY === true && process.stdout.columns > 0 && !this.structured;
    const result = await clusterUp(this.flags, drawn);
    for (const note of result.notes) this.note(note);
    await this.printView(result.view);
    if (result.hint !== null && process.stdout.isTTY) this.note(result.hint);
    if (result.ended !== null) process.exit(await result.ended);
  }

  /** A start that failed half-way may hold the event loop open. */
  protected override async catch(error: Error): Promise<void> {
    await super.catch(error);
    process.exit();
  }
}
