import { Args } from '@oclif/core';
import { bytesField } from '../src/cli/bytes.js';
import { DataCommand } from '../src/cli/data-command.js';
import { absentShape } from '../src/cli/shapes.js';

export default class Ttl extends DataCommand<typeof Ttl> {
  static override summary = 'print the milliseconds until a key expires';
  static override description = 'Or `none`. Exit 1: there is no such key.';
  static override examples = ['<%= config.bin %> ttl k'];
  static override args = { key: Args.string({ required: true, ignoreStdin: true }) };

  async run(): Promise<void> {
    const key = this.key(this.args.key);
    const ttl = await this.withClient((client) => client.ttl(key));
    if (ttl === 'absent') {
      this.exitWith(1);
      if (this.structured) await this.print(absentShape(key));
      else this.note('not found');
      return;
    }
    await this.print(
      { ...bytesField('key', key), ttlMs: ttl === 'none' ? null : ttl },
      { text: () => `${ttl}` },
    );
  }
}
