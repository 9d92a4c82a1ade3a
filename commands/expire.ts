import { Args } from '@oclif/core';
import { bytesField } from '../src/cli/bytes.js';
import { timeArg } from '../src/cli/client-command.js';
import { DataCommand } from '../src/cli/data-command.js';

export default class Expire extends DataCommand<typeof Expire> {
  static override summary = 'give a key a time to expire';
  static override description = 'Exit 1: there is no such key.';
  static override examples = ['<%= config.bin %> expire k 10s'];
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true }),
    ttl: timeArg({ required: true, ignoreStdin: true, description: 'like 500ms, 10s or 2m' }),
  };

  async run(): Promise<void> {
    const key = this.key(this.args.key);
    const { ttl } = this.args;
    const applied = await this.withClient((client) => client.expire(key, ttl));
    if (!applied) {
      this.exitWith(1);
      this.note('not found');
    }
    await this.print({ ...bytesField('key', key), applied }, { text: () => (applied ? 'OK' : '') });
  }
}
