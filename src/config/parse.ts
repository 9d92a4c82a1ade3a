/** The one gate through which a value from a file, the environment or a flag becomes an option. */
import { RkvError } from '../kv/errors.js';
import { type IntRow, OFF, type OptionRow, type OptionValue } from './row.js';
import { type OptionName, rowOf } from './rows.js';
import { describeBytes, parseBytes, parseMs } from './units.js';

/** `where` names the source: 'server.yaml:3', 'RKV_SHARDS' or '--shards'. */
export function parseOption(name: OptionName, raw: OptionValue, where: string): OptionValue {
  const row = rowOf(name);
  const fail = (expected: string): never => {
    throw new RkvError('USAGE', `${where}: ${name} must be ${expected}, not '${String(raw)}'`);
  };
  switch (row.type) {
    case 'int':
      return parseInt10(row, raw) ?? fail(describeRange(row));
    case 'bool':
      if (raw === true || raw === 'true' || raw === '1') return true;
      if (raw === false || raw === 'false' || raw === '0') return false;
      return fail('true or false');
    case 'enum':
      return typeof raw === 'string' && row.values.includes(raw)
        ? raw
        : fail(`one of ${row.values.join(', ')}`);
    case 'text':
    case 'path':
      if (raw === null && row.default === null) return null;
      return raw !== null && String(raw) !== '' ? String(raw) : fail('a text that is not empty');
    case 'address':
      if (raw === null && row.default === null) return null;
      if (raw === OFF && row.mayBeOff === true) return OFF;
      // YAML reads a bare off as false
      if (raw === false && row.mayBeOff === true) return OFF;
      if (typeof raw === 'string' && isAddress(raw)) return raw;
      return fail(`an address like 127.0.0.1:7410${row.mayBeOff === true ? ', or off' : ''}`);
  }
}

function parseInt10(row: IntRow, raw: OptionValue): number | null {
  let value: number | null = null;
  if (typeof raw === 'number') value = raw;
  else if (typeof raw === 'string') {
    if (row.unit === 'ms') value = parseMs(raw);
    else if (row.unit === 'bytes' || row.unit === 'bytes/s') {
      value = parseBytes(raw.replace(/\/s$/, ''));
    } else if (/^\d+$/.test(raw.trim())) value = Number(raw);
  }
  if (value === null || !Number.isSafeInteger(value)) return null;
  return value >= row.min && value <= row.max ? value : null;
}

/** 'a whole number from 1 to 256', 'a size from 64 KiB to 1 GiB'. */
export function describeRange(row: IntRow): string {
  switch (row.unit) {
    case 'bytes':
    case 'bytes/s':
      return `a size from ${describeBytes(row.min)} to ${describeBytes(row.max)}`;
    case 'ms':
      return `a time from ${row.min}ms to ${row.max}ms`;
    case 'MiB':
    case 'count':
      return `a whole number from ${row.min} to ${row.max}`;
  }
}

/** host:port with a port from 0 to 65,535; IPv6 in brackets. */
export function isAddress(text: string): boolean {
  return splitAddress(text) !== null;
}

export function splitAddress(text: string): { host: string; port: number } | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]/]+):(\d{1,5})$/.exec(text);
  const [, host, digits] = match ?? [];
  if (host === undefined || digits === undefined) return null;
  const port = Number(digits);
  return port <= 65_535 ? { host: host.replace(/^\[|\]$/g, ''), port } : null;
}

/**
 * Loopback by the words alone: no name service is asked, so only what is surely loopback passes.
 */
export function isLoopback(address: string): boolean {
  const host = splitAddress(address)?.host;
  if (host === undefined) return false;
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** For tables: what a row accepts, in a few words. */
export function describeRow(row: OptionRow): string {
  switch (row.type) {
    case 'int':
      return describeRange(row);
    case 'bool':
      return 'true or false';
    case 'enum':
      return `one of ${row.values.join(', ')}`;
    case 'text':
      return row.default === null ? 'text or null' : 'text';
    case 'path':
      return 'a path';
    case 'address':
      if (row.mayBeOff === true) return 'host:port or off';
      return row.default === null ? 'host:port or null' : 'host:port';
  }
}
