/** `rkv wal verify DIR`: would a node start on this log? */
import { Args } from '@oclif/core';
import { BaseCommand } from '../../src/cli/base-command.js';

export default class WalVerify extends BaseCommand<typeof WalVerify> {
  static override summary = "check a stopped node's log from end to end";
  static override description =
    'Reads only. Exit 8, with file and offset, when a node would refuse to start on it. A torn tail ' +
    'is no fault: nothing of it was acknowledged.';
  static override examples = ['<%= config.bin %> wal verify ./data'];

  static override args = {
    dir: Args.string({ description: 'data directory, or the wal folder in it', required: true }),
  };

  async run(): Promise<void> {
    const { mustWalDir } = await import('../../src/cli/wal-dir.js');
    const { verifyWal } = await import('../../src/tools/wal-verify.js');
    const { corruptLog } = await import('../../src/cli/wal-report.js');
    const dir = await mustWalDir(this.args.dir);
    const report = await verifyWal(dir);
    if (report.problems.length > 0) throw corruptLog(report.problems, this.args.dir);
    const table = await this.table();
    await this.print(report, {
      table: () => {
        const head = ['group', 'replica', 'term', 'commit', 'floor', 'last', 'bytes'];
        const rows = report.groups.map((group) => [
          group.group,
          group.replica,
          group.term,
          group.commit,
          group.floor,
          group.last,
          group.bytes,
        ]);
        const torn = report.tornTail === null ? '' : ', a torn tail that the next start cuts';
        return `ok: ${report.frames} frames in ${report.segments.length} segments${torn}\n${table(head, rows)}\n`;
      },
    });
  }
}
