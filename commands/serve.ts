/** `rkv serve`: one node, from flags, environment and file, until it is told to stop. */
import { Flags } from '@oclif/core';
import { BaseCommand } from '../src/cli/base-command.js';
import { optionFlags, optionsGiven } from '../src/cli/option-flags.js';
import { OPTION_NAMES } from '../src/config/rows.js';

export default class Serve extends BaseCommand<typeof Serve> {
  static override summary = 'run one node';
  static override description =
    'Without --bootstrap or --cluster-id a new data directory is a cluster of one. ' +
    'A Redis or HTTP door is not in this version; their addresses are null in status.';
  static override examples = [
    '<%= config.bin %> serve --data-dir ./data',
    '<%= config.bin %> serve --config configs/server.yaml',
    '<%= config.bin %> serve --node-id 1 --data-dir d1 --bootstrap 1=a:7413,2=b:7413,3=c:7413',
  ];

  static override flags = {
    config: Flags.string({ description: 'file of options (configs/server.yaml)', helpValue: 'F' }),
    bootstrap: Flags.string({
      description: 'first start of a cluster of several: each node and its peer door, same on all',
      helpValue: '1=host:7413,…',
    }),
    join: Flags.string({
      description: 'join a running cluster (not in this version)',
      helpValue: 'host:port,…',
    }),
    label: Flags.string({
      description: 'where this node stands',
      helpValue: 'k=v',
      multiple: true,
    }),
    'inject-faults': Flags.boolean({
      hidden: true,
      description: 'take faults of disk and clock from the launcher (cluster up --proxied)',
    }),
    'dial-peers': Flags.string({
      hidden: true,
      description: 'where to dial peers instead of where they say',
      helpValue: '2=host:port,…',
    }),
    ...optionFlags(OPTION_NAMES),
  };

  async run(): Promise<void> {
    const { serve } = await import('../src/node/serve.js');
    const { config, bootstrap, join, label } = this.flags;
    const code = await serve({
      file: config,
      flags: optionsGiven(this.flags),
      env: process.env,
      bootstrap,
      join,
      labels: label ?? [],
      injectFaults: this.flags['inject-faults'],
      dialPeers: this.flags['dial-peers'],
    });
    process.exit(code);
  }

  /** A node that started half-way may hold the event loop open. */
  protected override async catch(error: Error): Promise<void> {
    await super.catch(error);
    process.exit();
  }
}
