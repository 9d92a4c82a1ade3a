/** What a run writes down for `rkv verify`: above all, which writes may have been applied. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { revision } from '../../src/base/ids.js';
import { historyLine, Recorder } from '../../src/bench/record.js';
import type { Operation } from '../../src/bench/types.js';
import { ERRORS, type ErrorCode, RkvError } from '../../src/kv/errors.js';

const BASE = { caller: 3, key: 7, callUs: 10.7, returnUs: 20.2 } as const;
const write = (answer: Operation['answer']): Operation => ({ ...BASE, kind: 'set', id: 5, answer });
const read = (answer: Operation['answer']): Operation => ({ ...BASE, kind: 'get', id: 0, answer });

const resultOf = (operation: Operation): string =>
  (JSON.parse(historyLine(operation)) as { result: string }).result;

describe('a recorded run', () => {
  it('has a write as refused only when it was surely not applied', () => {
    const codes = Object.keys(ERRORS) as ErrorCode[];
    const refused = codes.filter((code) => {
      return resultOf(write(new RkvError(code, 'why'))) === 'refused';
    });
    const sure = codes.filter((code) => ['refused', 'usage'].includes(ERRORS[code].kind));
    expect(refused).toEqual(sure);
    for (const code of ['OUTCOME_UNKNOWN', 'FENCED', 'STORAGE_FAILED', 'INTERNAL'] as const) {
      expect(resultOf(write(new RkvError(code, 'why')))).toBe('unknown');
    }
  });

  it('has a read without an answer as refused: it changed nothing', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      expect(resultOf(read(new RkvError(code, 'why')))).toBe('refused');
    }
  });

  it('never makes an operation shorter than it was', () => {
    const line = historyLine(
      write({ kind: 'written', applied: true, revision: revision(1), previous: null }),
    );
    expect(JSON.parse(line)).toMatchObject({ client: 3, op: 'set', call: 10, return: 21 });
  });

  it('is a file of one line each', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rkv-record-'));
    try {
      const recorder = new Recorder(join(folder, 'h'));
      recorder.note(read({ kind: 'null' }));
      recorder.note(write(new RkvError('FENCED', 'why')));
      await recorder.close();
      const lines = (await readFile(join(folder, 'h'), 'utf8')).trimEnd().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as { op: string }).op)).toEqual(['get', 'set']);
      const nowhere = new Recorder(join(folder, 'no', 'h'));
      await expect(nowhere.close()).rejects.toMatchObject({ code: 'USAGE' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
