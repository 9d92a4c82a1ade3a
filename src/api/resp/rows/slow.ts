/** SLOWLOG and LATENCY: which commands of this node were slow, from arrival to answer. */
import { parseInteger } from '../../../kv/catalog/integer.js';
import { COMMAND_EVENT } from '../slowlog.js';
import { admin, container, HERE } from './admin.js';
import { ok } from './answers.js';
import type { LocalCall } from './local-call.js';
import type { ContainerRow } from './row.js';

function slowlogGet({ args, door, out }: LocalCall): void {
  const asked = args.length === 0 ? 10n : parseInteger(args[0] as Uint8Array);
  if (asked === null || asked < -1n) {
    out.error('ERR count should be greater than or equal to -1');
    return;
  }
  const { entries } = door.slowlog;
  const found = asked === -1n ? entries : entries.slice(0, Number(asked));
  out.array(found.length);
  for (const { id, at, microseconds, words, address, name } of found) {
    out.array(6);
    out.integer(id);
    out.integer(at);
    out.integer(microseconds);
    out.array(words.length);
    for (const word of words) out.bulk(Buffer.from(word, 'latin1'));
    out.text(address);
    out.bulk(Buffer.from(name, 'latin1'));
  }
}

function latencyLatest({ door, out }: LocalCall): void {
  const last = door.slowlog.samples.at(-1);
  out.array(last === undefined ? 0 : 1);
  if (last === undefined) return;
  out.array(4);
  out.text(COMMAND_EVENT);
  out.integer(last.at);
  out.integer(Math.round(last.ms));
  out.integer(Math.round(door.slowlog.worstMs));
}

function latencyHistory({ args, door, out }: LocalCall): void {
  const known = Buffer.from(args[0] as Uint8Array).toString('latin1') === COMMAND_EVENT;
  const samples = known ? door.slowlog.samples : [];
  out.array(samples.length);
  for (const { at, ms } of samples) {
    out.array(2);
    out.integer(at);
    out.integer(Math.round(ms));
  }
}

export const SLOW_DOOR_ROWS: readonly ContainerRow[] = [
  container({
    name: 'slowlog',
    since: '2.2.12',
    helpSince: '6.2.0',
    summary: 'A container for slow commands.',
    subcommands: [
      admin({
        name: 'get',
        usage: '[<count>]',
        arity: -2,
        since: '2.2.12',
        summary: 'Returns the slowest commands, newest first.',
        differs: `${HERE} Times are from arrival to answer, the way to the disks included.`,
        handle: slowlogGet,
      }),
      admin({
        name: 'len',
        arity: 2,
        since: '2.2.12',
        complexity: 'O(1)',
        summary: 'Counts the slow commands kept.',
        handle: ({ door, out }) => out.integer(door.slowlog.entries.length),
      }),
      admin({
        name: 'reset',
        arity: 2,
        since: '2.2.12',
        summary: 'Forgets the slow commands.',
        handle: ({ door, out }) => {
          door.slowlog.reset();
          ok(out);
        },
      }),
    ],
  }),
  container({
    name: 'latency',
    since: '2.8.13',
    helpSince: '2.8.13',
    summary: 'A container for latencies.',
    subcommands: [
      admin({
        name: 'latest',
        arity: 2,
        since: '2.8.13',
        summary: 'Returns the newest spike above latency-monitor-threshold, and the worst.',
        handle: latencyLatest,
      }),
      admin({
        name: 'history',
        usage: '<event>',
        arity: 3,
        since: '2.8.13',
        summary: 'Returns the worst time of each second with a spike.',
        differs: `${HERE} The only event is 'command'.`,
        handle: latencyHistory,
      }),
      admin({
        name: 'reset',
        usage: '[<event> ...]',
        arity: -2,
        since: '2.8.13',
        summary: 'Forgets the spikes.',
        handle: ({ door, out }) => out.integer(door.slowlog.resetLatency()),
      }),
      admin({
        name: 'doctor',
        arity: 2,
        since: '2.8.13',
        summary: 'Says how many spikes there were.',
        handle: ({ door, out }) => {
          const { samples, worstMs } = door.slowlog;
          const text =
            samples.length === 0
              ? 'No latency spike was seen. CONFIG SET latency-monitor-threshold turns this on.\n'
              : `${samples.length} seconds had a spike, the worst took ${Math.round(worstMs)} ms.\n`;
          out.verbatim('txt', Buffer.from(text));
        },
      }),
    ],
  }),
];
