import { Args } from '@oclif/core';
import { bytesField } from '../src/cli/bytes.js';
import { DataCommand } from '../src/cli/data-command.js';

export default class Persist extends DataCommand<typeof Persist> {
  static override summary = 'take the expiry from a key';
  static override description = 'Exit 1: there was none to take, or there is no such key.';
  static override examples = ['<%= config.bin %> persist k'];
  static override args = { key: Args.string({ required: true, ignoreStdin: true }) };

  async run(): Promise<void> {
    const key = this.key(this.args.key);
    const applied = await this.withClient((client) => client.persist(key));
    if (!applied) {
      this.exitWith(1);
      this.note('no such key, or it has no expiry');
    }
    await this.print({ ...bytesField('key', key), applied }, { text: () => (applied ? 'OK' : '') });
  }
}
