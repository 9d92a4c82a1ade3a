/** Faults of disks: slow, hanging, full, failing, taking less than they were given. */
import type { Fault } from './fault.js';
import { someNode } from './processes.js';

export const DISK_FAULTS: readonly Fault[] = [
  {
    kind: 'a disk is slow',
    weight: 4,
    lasts: [500, 8_000],
    begin(cluster, chance) {
      const { mood } = chance.pick(cluster.nodes).disk;
      mood.fastMs = 5;
      mood.slowMs = chance.pick([20, 100, 400]);
      return () => Object.assign(mood, { fastMs: 0.1, slowMs: 0.4 });
    },
  },
  {
    kind: 'a disk hangs',
    weight: 3,
    lasts: [200, 7_000],
    begin(cluster, chance) {
      const node = chance.pick(cluster.nodes);
      if (node.disk.mood.hangs) return null;
      cluster.timeline.say(`the disk of node ${node.id} hangs`);
      node.disk.mood.hangs = true;
      return () => {
        cluster.timeline.say(`the disk of node ${node.id} answers again`);
        node.disk.unhang();
      };
    },
  },
  {
    kind: 'a disk is full',
    weight: 3,
    lasts: [1_500, 8_000],
    begin(cluster, chance) {
      const node = chance.pick(cluster.nodes);
      const { mood } = node.disk;
      const reserve = Number(cluster.plan.options.diskReserveBytes);
      const storeToo = chance.below(2) === 0;
      mood.freeBytes = chance.pick([reserve / 2, reserve / 5, 0]);
      cluster.timeline.say(`the disk of node ${node.id} has ${mood.freeBytes} bytes left`);
      if (mood.freeBytes === 0 && storeToo) {
        node.mayEndBy.add('FULL');
        node.store.failWrites('ENOSPC');
      }
      return () => {
        mood.freeBytes = null;
        node.store.failWrites(null);
        node.start();
        cluster.timeline.say(`the disk of node ${node.id} has room again`);
      };
    },
  },
  {
    kind: 'a disk fails once',
    weight: 2,
    lasts: [500, 3_000],
    begin(cluster, chance) {
      const node = someNode(cluster, chance);
      if (node === null) return null;
      node.mayEndBy.add('STORAGE_FAILED');
      const inLog = chance.below(3) > 0;
      if (inLog) node.disk.mood.fails = true;
      else node.store.failWrites('EIO');
      cluster.timeline.say(`the disk of node ${node.id} will fail`);
      return () => {
        node.disk.mood.fails = false;
        node.store.failWrites(null);
        node.start();
      };
    },
  },
  {
    kind: 'a disk takes short writes',
    weight: 2,
    lasts: [500, 8_000],
    begin(cluster, chance) {
      const { mood } = chance.pick(cluster.nodes).disk;
      mood.shortWrites = 300;
      return () => {
        mood.shortWrites = 0;
      };
    },
  },
];
