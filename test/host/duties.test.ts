/** What a host looks after beside its groups' turns. */
import { describe, expect, it } from 'vitest';
import { groupId, type MonoMs } from '../../src/base/ids.js';
import { Duties } from '../../src/host/duties.js';
import type { Host } from '../../src/host/host.js';
import type { HostParts } from '../../src/host/types.js';
import type { Machine } from '../../src/machine/types.js';

const GROUP = groupId(1);
const MACHINE = {} as Machine;

function dutiesOf(fenced: boolean): Duties {
  const replica = { fenced, self: 1, fence: () => undefined };
  const host = { replicas: new Map([[GROUP, replica]]) } as unknown as Host;
  const parts = {
    clock: { monotonic: () => 0 as MonoMs },
    limits: { digestEveryMs: 1 },
    say: () => undefined,
  } as unknown as HostParts;
  return new Duties(host, parts);
}

describe('rows that a snapshot has brought', () => {
  it('are refused when something is found wrong with them before the replica stands on them', async () => {
    for (const fenced of [true, false]) {
      const duties = dutiesOf(fenced);
      const opening = duties.opened(GROUP, async () => {
        duties.fence(GROUP, 'a row behind the start is wrong');
        return MACHINE;
      });
      await expect(opening).rejects.toMatchObject({ code: 'CORRUPT' });
    }
  });

  it('are taken whatever was wrong with those before them', async () => {
    const duties = dutiesOf(true);
    duties.fence(GROUP, 'a row of before');
    duties.fence(groupId(2), 'a row of another');
    expect(await duties.opened(GROUP, async () => MACHINE)).toBe(MACHINE);
  });
});
