import { Args } from '@oclif/core';
import { DataCommand } from '../src/cli/data-command.js';

export default class Exists extends DataCommand<typeof Exists> {
  static override summary = 'say how many of the keys are there';
  static override description =
    'A key named twice counts twice. Exit 1: at least one of them is not there.';
  static override examples = ['<%= config.bin %> exists k && echo yes'];
  static override args = {
    keys: Args.string({ required: true, multiple: true, ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const keys = this.args.keys.map((word) => this.key(word));
    const count = await this.withClient((client) => client.exists(keys));
    if (count < keys.length) this.exitWith(1);
    await this.print({ count }, { text: () => `${count}` });
  }
}
