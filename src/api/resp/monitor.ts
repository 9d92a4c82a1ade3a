/** MONITOR: every command of this node's Redis clients, told to those who asked. */
import type { Client } from './client.js';
import type { Command as Parsed } from './codec/command.js';
import type { DoorContext } from './context.js';
import type { Entry } from './registry.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x07': '\\a',
  '\b': '\\b',
};

/** As Redis quotes bytes for people. */
export const quoted = (latin1: string): string => {
  let text = '"';
  for (const c of latin1) {
    const code = c.charCodeAt(0);
    const plain = code >= 0x20 && code < 0x7f;
    text += ESCAPES[c] ?? (plain ? c : `\\x${code.toString(16).padStart(2, '0')}`);
  }
  return `${text}"`;
};

export function tellMonitors(
  { monitors, clock }: DoorContext,
  client: Client,
  { row }: Entry,
  parsed: Parsed,
): void {
  if (row.flags.includes('skip_monitor') || row.flags.includes('admin')) return;
  const seconds = (clock.wall() / 1000).toFixed(6);
  const words: string[] = [];
  for (let i = 0; i < parsed.argc; i++) words.push(quoted(parsed.latin1(i)));
  const line = `${seconds} [${client.database} ${client.address}] ${words.join(' ')}`;
  for (const monitor of monitors) monitor.control.feed(line);
}
