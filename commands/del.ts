import { Args, Flags } from '@oclif/core';
import { DataCommand } from '../src/cli/data-command.js';

export default class Del extends DataCommand<typeof Del> {
  static override summary = 'delete keys';
  static override description = 'Prints how many were there.';
  static override examples = ['<%= config.bin %> del k', '<%= config.bin %> del a b c'];
  static override args = {
    keys: Args.string({ required: true, multiple: true, ignoreStdin: true }),
  };

  static override flags = {
    'must-exist': Flags.boolean({ description: 'exit 1 unless every key was there' }),
  };

  async run(): Promise<void> {
    const keys = this.args.keys.map((word) => this.key(word));
    const deleted = await this.withClient(async (client) => {
      const [only] = keys;
      if (keys.length === 1 && only !== undefined) return (await client.del(only)) ? 1 : 0;
      return client.mdel(keys);
    });
    if (this.flags['must-exist'] && deleted < keys.length) this.exitWith(1);
    await this.print({ deleted }, { text: () => `${deleted}` });
  }
}
