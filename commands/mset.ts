import { Args } from '@oclif/core';
import { DataCommand } from '../src/cli/data-command.js';

export default class Mset extends DataCommand<typeof Mset> {
  static override summary = 'give several keys a value';
  static override description =
    'Each shard’s part is applied as one; several shards are not one transaction.';
  static override examples = ['<%= config.bin %> mset a 1 b 2'];
  static override args = {
    pairs: Args.string({
      required: true,
      multiple: true,
      ignoreStdin: true,
      description: 'KEY VALUE …',
    }),
  };

  async run(): Promise<void> {
    const words = this.args.pairs;
    if (words.length % 2 !== 0) this.usage('every key wants a value');
    const pairs: [Buffer, Buffer][] = [];
    for (let i = 0; i < words.length; i += 2) {
      pairs.push([this.key(words[i] as string), this.value(words[i + 1] as string)]);
    }
    const written = await this.withClient((client) => client.mset(pairs));
    await this.print({ written }, { text: () => 'OK' });
  }
}
