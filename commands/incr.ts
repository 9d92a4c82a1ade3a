import { Args, Flags } from '@oclif/core';
import { bytesField } from '../src/cli/bytes.js';
import { DataCommand } from '../src/cli/data-command.js';

export default class Incr extends DataCommand<typeof Incr> {
  static override summary = 'add to a 64-bit integer';
  static override description =
    'A key that is not there counts as 0. Prints the new value. Exit 1: the value is no integer, ' +
    'or the sum would leave the range.';
  static override examples = ['<%= config.bin %> incr n', '<%= config.bin %> incr n --by -5'];
  static override args = { key: Args.string({ required: true, ignoreStdin: true }) };
  static override flags = {
    by: Flags.string({ description: 'how much, may be negative', default: '1', helpValue: 'N' }),
  };

  async run(): Promise<void> {
    const key = this.key(this.args.key);
    const { by } = this.flags;
    if (!/^-?\d{1,19}$/.test(by)) this.usage(`--by: '${by}' is no 64-bit integer`);
    const value = await this.withClient((client) => client.incr(key, BigInt(by)));
    await this.print(
      { ...bytesField('key', key), value: value.toString() },
      { text: () => value.toString() },
    );
  }
}
