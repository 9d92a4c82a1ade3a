import { Args } from '@oclif/core';
import { DataCommand } from '../src/cli/data-command.js';
import { writtenShape } from '../src/cli/shapes.js';

export default class Cad extends DataCommand<typeof Cad> {
  static override summary = 'delete a key if its value is exactly the old one';
  static override description = 'Exit 1: it is not, nothing changed.';
  static override examples = ['<%= config.bin %> cad lock me'];
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true }),
    old: Args.string({ required: true, ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const key = this.key(this.args.key);
    const old = this.value(this.args.old);
    const result = await this.withClient((client) => client.cad(key, old));
    if (!result.applied) {
      this.exitWith(1);
      this.note('not deleted: the value is another');
    }
    await this.print(writtenShape(key, result), { text: () => (result.applied ? 'OK' : '') });
  }
}
