/** `rkv verify FILE`: could a store that is right have answered so? */
import { Args } from '@oclif/core';
import { BaseCommand } from '../src/cli/base-command.js';

export default class Verify extends BaseCommand<typeof Verify> {
  static override summary = 'check a recorded history for linearizability';
  static override description =
    'Exit 0: every key is linearizable. Exit 8: a violation; the smallest part of the history ' +
    'that no order explains is printed. Exit 5: undecided, a key took more than 10 s. The file is ' +
    'what bench --record or chaos wrote; keys are taken to be absent at its beginning.';
  static override examples = [
    '<%= config.bin %> bench --reads 0.5 --record history.jsonl',
    '<%= config.bin %> verify history.jsonl',
  ];

  static override args = {
    file: Args.string({ description: 'the history, one operation per line', required: true }),
  };

  async run(): Promise<void> {
    const { checkHistoryFile } = await import('../src/cli/history-file.js');
    const { EXIT_OF, verdictObject, verdictText } = await import('../src/cli/verdict-view.js');
    const checked = await checkHistoryFile(this.args.file);
    await this.print(verdictObject(checked), {
      table: () => verdictText(checked),
      raw: () => `${checked.verdict.kind}\n`,
    });
    this.exitWith(EXIT_OF[checked.verdict.kind]);
  }
}
