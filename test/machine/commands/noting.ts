/** Drivers that note which rows ran, so that each family's test can say that it left none out. */
import { expect, it } from 'vitest';
import type { CommandRow } from '../../../src/kv/catalog/row.js';
import { type Arg, Driver } from '../driver.js';

export interface Noting {
  /** A driver of an empty shard. */
  open(slow?: boolean): Promise<Driver>;
  /** Call last: a test that every one of these rows ran. */
  coverage(rows: readonly CommandRow[]): void;
}

export function noting(): Noting {
  const exercised = new Set<string>();
  return {
    async open(slow = false) {
      const driver = await Driver.open();
      driver.state.slow = slow;
      const write = driver.write.bind(driver);
      const read = driver.read.bind(driver);
      driver.write = (name: string, ...args: Arg[]) => {
        exercised.add(name);
        return write(name, ...args);
      };
      driver.read = (name: string, ...args: Arg[]) => {
        exercised.add(name);
        return read(name, ...args);
      };
      return driver;
    },
    coverage(rows) {
      it('has run every row of its family', () => {
        const left = rows.map((row) => row.name).filter((name) => !exercised.has(name));
        expect(left).toEqual([]);
      });
    },
  };
}
