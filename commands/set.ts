import { Args, Flags } from '@oclif/core';
import { printable } from '../src/cli/bytes.js';
import { durationFlag } from '../src/cli/client-command.js';
import { DataCommand } from '../src/cli/data-command.js';
import { writtenShape } from '../src/cli/shapes.js';

const condition = ['if-absent', 'if-present', 'if-revision'];
const excluding = (name: string) => condition.filter((other) => other !== name);

export default class SetCommand extends DataCommand<typeof SetCommand> {
  static override summary = 'give a key a value';
  static override description =
    'VALUE - reads stdin. Without --ttl the key never expires. Exit 1: the condition is false.';
  static override examples = [
    '<%= config.bin %> set k v --ttl 10s',
    '<%= config.bin %> set k - < file',
    '<%= config.bin %> set lock me --if-absent --ttl 30s',
  ];

  static override args = {
    key: Args.string({ required: true, ignoreStdin: true }),
    value: Args.string({ required: true, ignoreStdin: true }),
  };

  static override flags = {
    ttl: durationFlag({ description: 'expires after this time' }),
    'if-absent': Flags.boolean({
      description: 'only if the key is not there',
      exclusive: excluding('if-absent'),
    }),
    'if-present': Flags.boolean({
      description: 'only if the key is there',
      exclusive: excluding('if-present'),
    }),
    'if-revision': Flags.integer({
      description: 'only if the key has this revision; 0: only if it is not there',
      min: 0,
      exclusive: excluding('if-revision'),
    }),
    'get-old': Flags.boolean({ description: 'print the value it had before' }),
  };

  async run(): Promise<void> {
    const { flags } = this;
    const key = this.key(this.args.key);
    const value = await this.valueOrStdin(this.args.value);
    const result = await this.withClient((client) =>
      client.set(key, value, {
        ...(flags.ttl === undefined ? {} : { ttlMs: flags.ttl }),
        ...(flags['if-revision'] === undefined ? {} : { ifRevision: flags['if-revision'] }),
        ifAbsent: flags['if-absent'],
        ifPresent: flags['if-present'],
        getOld: flags['get-old'],
      }),
    );
    if (!result.applied) {
      this.exitWith(1);
      this.note('not set: the condition is false');
    }
    const { previous } = result;
    await this.print(writtenShape(key, result), {
      text: () => {
        if (!flags['get-old']) return result.applied ? 'OK' : '';
        if (previous === null) return '';
        return Buffer.concat([printable(previous, this.hex), Buffer.from('\n')]);
      },
    });
  }
}
