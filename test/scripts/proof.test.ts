/** The kill-loop must see what it looks for: a proof that cannot fail proves nothing. */
import { describe, expect, it } from 'vitest';
import { compareDigests, readBack } from '../../scripts/proof/read-back.mjs';
import { judge, Writers } from '../../scripts/proof/writers.mjs';

describe('judge', () => {
  const record = { name: 'k', expected: '1.1;1.2;1.3;', maybe: '' };

  it('takes exactly what was acknowledged, with or without a last write of unknown outcome', () => {
    expect(judge(record, '1.1;1.2;1.3;')).toBeNull();
    expect(judge({ ...record, maybe: '1.4;' }, '1.1;1.2;1.3;')).toBeNull();
    expect(judge({ ...record, maybe: '1.4;' }, '1.1;1.2;1.3;1.4;')).toBeNull();
    expect(judge({ name: 'k', expected: '', maybe: '' }, null)).toBeNull();
  });

  it('names a lost write', () => {
    expect(judge(record, '1.1;1.3;')).toContain('lost 1.2');
    expect(judge(record, null)).toContain('lost 1.1, 1.2, 1.3');
  });

  it('refuses a doubled, reordered or refused write', () => {
    for (const value of ['1.1;1.2;1.2;1.3;', '1.2;1.1;1.3;', '1.1;1.2;1.3;9.9;']) {
      expect(judge(record, value)).toContain('doubled, reordered or refused');
    }
  });
});

describe('Writers', () => {
  it('keep one record per key that a faithful store agrees with', async () => {
    const store = new Map<string, string>();
    let calls = 0;
    const writers = new Writers(async (key, token) => {
      calls += 1;
      if (calls % 50 === 0) return 'refused';
      if (calls % 70 !== 0) store.set(key, (store.get(key) ?? '') + token);
      if (calls >= 1_000) writers.stop();
      return calls % 70 === 0 || calls % 90 === 0 ? 'unknown' : 'ok';
    });
    await writers.run(4);
    expect(writers.acknowledged).toBeGreaterThan(900);
    expect(writers.refused).toBeGreaterThan(0);
    expect(writers.unknown).toBeGreaterThan(0);
    const read = async (key: string) => store.get(key) ?? null;
    expect(await readBack(writers.records, read, 'here')).toEqual([]);
    const victim = writers.records.find(({ expected }) => expected !== '');
    store.delete(victim?.name ?? '');
    expect(await readBack(writers.records, read, 'here')).toHaveLength(1);
  });
});

describe('compareDigests', () => {
  const member = (value: string, index: number) => ({ digest: { index, value } });
  const status = (...members: ReturnType<typeof member>[]) => ({ shards: [{ id: 1, members }] });
  const after = new Map([[1, 8]]);

  it('waits for one index beyond the last write, then compares', async () => {
    const answers = [
      status(member('a', 8), member('b', 8)),
      status(member('a', 8), member('b', 9)),
      status(member('a', 9), member('a', 9), member('a', 9)),
    ];
    const digests = compareDigests(async () => answers.shift(), after);
    expect(await digests).toEqual({ compared: 1, wrong: [] });
  });

  it('names a shard whose replicas differ', async () => {
    const { wrong } = await compareDigests(
      async () => status(member('a', 9), member('b', 9)),
      after,
    );
    expect(wrong.join()).toContain('shard 1: digests differ');
  });
});
