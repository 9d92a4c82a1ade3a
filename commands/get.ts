import { Args } from '@oclif/core';
import { printable } from '../src/cli/bytes.js';
import { DataCommand } from '../src/cli/data-command.js';
import { absentShape, foundShape } from '../src/cli/shapes.js';

export default class Get extends DataCommand<typeof Get> {
  static override summary = 'print the value of a key';
  static override description =
    'The value and a newline; with -o raw the bytes alone. Exit 1: there is no such key.';
  static override examples = ['<%= config.bin %> get k', '<%= config.bin %> get k -o json'];
  static override args = { key: Args.string({ required: true, ignoreStdin: true }) };

  async run(): Promise<void> {
    const key = this.key(this.args.key);
    await this.withClient(async (client) => {
      const found = await client.get(key);
      if (found === null) {
        this.exitWith(1);
        if (this.structured) await this.print(absentShape(key));
        else this.note('not found');
        return;
      }
      const value = printable(found.value, this.hex);
      await this.print(
        { ...foundShape(key, found), shard: client.shardOf(key) },
        { text: () => Buffer.concat([value, Buffer.from('\n')]), raw: () => value },
      );
    });
  }
}
