import { Args } from '@oclif/core';
import { DataCommand } from '../src/cli/data-command.js';
import { writtenShape } from '../src/cli/shapes.js';

export default class Cas extends DataCommand<typeof Cas> {
  static override summary = 'replace a value if it is exactly the old one';
  static override description = 'Exit 1: it is not, nothing changed.';
  static override examples = ['<%= config.bin %> cas k old new'];
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true }),
    old: Args.string({ required: true, ignoreStdin: true }),
    new: Args.string({ required: true, ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const key = this.key(this.args.key);
    const [old, next] = [this.value(this.args.old), this.value(this.args.new)];
    const result = await this.withClient((client) => client.cas(key, old, next));
    if (!result.applied) {
      this.exitWith(1);
      this.note('not set: the value is another');
    }
    await this.print(writtenShape(key, result), { text: () => (result.applied ? 'OK' : '') });
  }
}
