import { Args, Flags } from '@oclif/core';
import { ClientCommand } from '../../src/cli/client-command.js';

export default class ShardTransfer extends ClientCommand<typeof ShardTransfer> {
  static override summary = 'hand the leadership of a shard to another of its nodes';
  static override description = 'Returns when that node leads. Exit 1: no such shard or node.';
  static override examples = ['<%= config.bin %> shard transfer 4 --to 2'];
  static override args = {
    id: Args.integer({ required: true, ignoreStdin: true, min: 0, description: 'shard' }),
  };

  static override flags = {
    to: Flags.integer({ required: true, min: 1, description: 'node', helpValue: 'NODE' }),
  };

  async run(): Promise<void> {
    const { id } = this.args;
    const { to } = this.flags;
    await this.withClient((client) => client.admin.transferLeader(id, to));
    await this.print({ shard: id, leader: to }, { text: () => `node ${to} leads shard ${id}` });
  }
}
