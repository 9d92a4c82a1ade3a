/** Which faults take part: those asked for, refused where the cluster cannot have them. */
import { describe, expect, it } from 'vitest';
import { parseRate, ratesFor } from '../../src/chaos/rates.js';
import { FAULT_KINDS } from '../../src/launcher/fault-types.js';

const PROXIED = { proxied: true, nodes: 3, inMemory: false, cluster: 'c' };
const PLAIN = { ...PROXIED, proxied: false };

describe('ratesFor', () => {
  it('takes all that the cluster can do when nothing is asked for', () => {
    expect([...ratesFor([], new Map(), PROXIED).keys()]).toEqual([...FAULT_KINDS]);
    expect([...ratesFor([], new Map(), PLAIN).keys()]).toEqual(['kill', 'pause']);
    const lone = ratesFor([], new Map(), { ...PROXIED, nodes: 1 });
    expect([...lone.keys()]).toEqual(['kill', 'pause', 'slow-disk', 'clock']);
  });

  it('shares 30 a minute, unless a rate is given', () => {
    expect(ratesFor(['kill', 'clock'], new Map(), PROXIED)).toEqual(
      new Map([
        ['kill', 15],
        ['clock', 15],
      ]),
    );
    expect(ratesFor(['kill'], new Map([['pause', 4]]), PROXIED)).toEqual(
      new Map([
        ['kill', 15],
        ['pause', 4],
      ]),
    );
  });

  it.each(['partition', 'delay', 'slow-disk', 'clock'] as const)(
    '--%s needs a proxied cluster',
    (kind) => {
      const sentence = { code: 'USAGE', message: `--${kind}: cluster 'c' is not proxied` };
      const expected = expect.objectContaining(sentence);
      expect(() => ratesFor([kind], new Map(), PLAIN)).toThrow(expected);
      expect(() => ratesFor([], new Map([[kind, 1]]), PLAIN)).toThrow(expected);
    },
  );

  it('what is in memory only is neither killed nor on a slow disk', () => {
    const ability = { ...PROXIED, inMemory: true };
    const kinds = [...ratesFor([], new Map(), ability).keys()];
    expect(kinds).toEqual(['pause', 'partition', 'delay', 'clock']);
    const sentence = "--kill: cluster 'c' is in memory only";
    expect(() => ratesFor(['kill'], new Map(), ability)).toThrow(sentence);
  });

  it('a node alone has no links', () => {
    expect(() => ratesFor(['partition'], new Map(), { ...PROXIED, nodes: 1 })).toThrow(
      "--partition: cluster 'c' has only one node",
    );
  });
});

describe('parseRate', () => {
  it('takes a kind and a number', () => {
    expect(parseRate('slow-disk=2.5')).toEqual(['slow-disk', 2.5]);
  });

  it.each(['kill', 'kill=', 'kill=often', 'kill=0', 'kill=-1', 'kill=601', 'flood=1', ''])(
    "'%s' is none",
    (word) => {
      expect(() => parseRate(word)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    },
  );
});
