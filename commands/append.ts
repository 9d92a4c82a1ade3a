import { Args } from '@oclif/core';
import { bytesField } from '../src/cli/bytes.js';
import { DataCommand } from '../src/cli/data-command.js';

export default class Append extends DataCommand<typeof Append> {
  static override summary = 'add bytes to the end of a value';
  static override description = 'VALUE - reads stdin. Prints the new length in bytes.';
  static override examples = ['<%= config.bin %> append log "one more line"'];
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true }),
    value: Args.string({ required: true, ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const key = this.key(this.args.key);
    const value = await this.valueOrStdin(this.args.value);
    const bytes = await this.withClient((client) => client.append(key, value));
    await this.print({ ...bytesField('key', key), bytes }, { text: () => `${bytes}` });
  }
}
