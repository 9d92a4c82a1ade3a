/** A connection as a line of CLIENT LIST. */
import type { Client } from './client.js';

function flagsOf(client: Client): string {
  let flags = '';
  if (client.monitors) flags += 'O';
  if (client.transaction !== null) flags += 'x';
  if (client.noEvict) flags += 'e';
  if (client.noTouch) flags += 'T';
  if (client.readonlyReads) flags += 'r';
  return flags === '' ? 'N' : flags;
}

/** `now` in monotonic milliseconds. */
export function clientLine(client: Client, now: number): string {
  const seconds = (ms: number): number => Math.max(0, Math.floor((now - ms) / 1000));
  const { transaction, watched, control } = client;
  const fields: readonly (readonly [string, string | number])[] = [
    ['id', client.id],
    ['addr', client.address],
    ['laddr', client.localAddress],
    ['fd', client.id],
    ['name', client.name],
    ['age', seconds(client.since)],
    ['idle', seconds(client.lastUsed)],
    ['flags', flagsOf(client)],
    ['db', client.database],
    ['sub', 0],
    ['psub', 0],
    ['ssub', 0],
    ['multi', transaction?.queued.length ?? -1],
    ['watch', watched?.size ?? 0],
    ['qbuf', control.unread],
    ['qbuf-free', 0],
    ['argv-mem', 0],
    ['multi-mem', transaction?.bytes ?? 0],
    ['rbs', 0],
    ['rbp', 0],
    ['obl', 0],
    ['oll', 0],
    ['omem', control.unsent],
    ['tot-mem', control.unread + control.unsent],
    ['events', 'r'],
    ['cmd', client.lastCommand],
    ['user', 'default'],
    ['redir', -1],
    ['resp', client.protocol],
    ['lib-name', client.libName],
    ['lib-ver', client.libVersion],
  ];
  return fields.map(([name, value]) => `${name}=${value}`).join(' ');
}
