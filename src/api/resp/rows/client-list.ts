/** CLIENT LIST, INFO and KILL: the connections of this node, looked at and ended. */
import { toByteKey } from '../../../base/bytes.js';
import { parseInteger } from '../../../kv/catalog/integer.js';
import type { Client } from '../client.js';
import { clientLine } from '../client-line.js';
import { ok } from './answers.js';
import type { LocalCall } from './local-call.js';
import { optionWord, SYNTAX_ERROR } from './parse.js';

const TYPES = ['normal', 'master', 'replica', 'slave', 'pubsub'];

export const text = (arg: Uint8Array | undefined): string =>
  arg === undefined ? '' : toByteKey(arg);

/** A client id, or null. */
function idOf(arg: Uint8Array | undefined): number | null {
  const value = arg === undefined ? null : parseInteger(arg);
  return value === null || value <= 0n ? null : Number(value);
}

export function lines(call: LocalCall, clients: readonly Client[]): Buffer {
  const now = call.door.clock.monotonic();
  return Buffer.from(clients.map((client) => `${clientLine(client, now)}\n`).join(''), 'latin1');
}

export function list(call: LocalCall): void {
  const { args, door, out } = call;
  let clients: readonly Client[] = door.clients.all();
  const word = optionWord(args[0]);
  if (word === 'TYPE' && args.length === 2) {
    const type = text(args[1]).toLowerCase();
    if (!TYPES.includes(type)) {
      out.error(`ERR Unknown client type '${text(args[1])}'`);
      return;
    }
    if (type !== 'normal') clients = [];
  } else if (word === 'ID' && args.length > 1) {
    const ids = args.slice(1).map(idOf);
    if (ids.includes(null)) {
      out.error('ERR Invalid client ID');
      return;
    }
    clients = clients.filter((client) => ids.includes(client.id));
  } else if (args.length > 0) {
    out.error(SYNTAX_ERROR);
    return;
  }
  out.verbatim('txt', lines(call, clients));
}

type Filter = (client: Client) => boolean;

/** Filters of CLIENT KILL and whether it may end its own connection, or the error. */
function killFilters({
  args,
  client,
  door,
}: LocalCall): { filters: Filter[]; skipMe: boolean } | string {
  const filters: Filter[] = [];
  let skipMe = true;
  if (args.length % 2 !== 0) return SYNTAX_ERROR;
  for (let i = 0; i < args.length; i += 2) {
    const value = text(args[i + 1]);
    switch (optionWord(args[i])) {
      case 'ID': {
        const id = idOf(args[i + 1]);
        if (id === null) return 'ERR client-id should be greater than 0';
        filters.push((one) => one.id === id);
        break;
      }
      case 'ADDR':
        filters.push((one) => one.address === value);
        break;
      case 'LADDR':
        filters.push((one) => one.localAddress === value);
        break;
      case 'TYPE': {
        const type = value.toLowerCase();
        if (!TYPES.includes(type)) return `ERR Unknown client type '${value}'`;
        filters.push(() => type === 'normal');
        break;
      }
      case 'USER':
        if (value !== 'default') return `ERR No such user '${value}'`;
        break;
      case 'MAXAGE': {
        const seconds = idOf(args[i + 1]);
        if (seconds === null) return 'ERR maxage is not an integer or out of range';
        const since = door.clock.monotonic() - seconds * 1000;
        filters.push((one) => one.since <= since);
        break;
      }
      case 'SKIPME': {
        const answer = value.toLowerCase();
        if (answer !== 'yes' && answer !== 'no') return SYNTAX_ERROR;
        skipMe = answer === 'yes';
        break;
      }
      default:
        return SYNTAX_ERROR;
    }
  }
  if (skipMe) filters.push((one) => one !== client);
  return { filters, skipMe };
}

function end(victim: Client, by: Client): void {
  if (victim === by) victim.control.endWhenSent();
  else victim.control.destroy();
}

export function kill(call: LocalCall): void {
  const { args, client, door, out } = call;
  if (args.length === 1) {
    const address = text(args[0]);
    const victim = door.clients.all().find((one) => one.address === address);
    if (victim === undefined) out.error('ERR No such client');
    else {
      end(victim, client);
      ok(out);
    }
    return;
  }
  const asked = killFilters(call);
  if (typeof asked === 'string') {
    out.error(asked);
    return;
  }
  const victims = door.clients.all().filter((one) => asked.filters.every((filter) => filter(one)));
  for (const victim of victims) end(victim, client);
  out.integer(victims.length);
}
