import { Args } from '@oclif/core';
import { DataCommand } from '../src/cli/data-command.js';
import { recordsOf } from '../src/cli/scan-output.js';
import { absentShape, foundShape } from '../src/cli/shapes.js';

export default class Mget extends DataCommand<typeof Mget> {
  static override summary = 'print the values of several keys';
  static override description =
    'One line of key TAB value for each that is there, in the order asked for. Exit 1: at least ' +
    'one is not there. Each value is linearizable, the whole is no snapshot.';
  static override examples = ['<%= config.bin %> mget a b c -o json'];
  static override args = {
    keys: Args.string({ required: true, multiple: true, ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const keys = this.args.keys.map((word) => this.key(word));
    const values = await this.withClient((client) => client.mget(keys));
    const found = values.flatMap((value, i) =>
      value === null ? [] : [{ key: keys[i] as Buffer, ...value }],
    );
    if (found.length < keys.length) this.exitWith(1);
    await this.print(
      {
        items: keys.map((key, i) => {
          const value = values[i] ?? null;
          return value === null ? absentShape(key) : foundShape(key, value);
        }),
      },
      { text: () => recordsOf(found, { keysOnly: false, hex: this.hex, end: '\n' }) },
    );
  }
}
