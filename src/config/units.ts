/** Sizes and times as people write them: 64MiB, 4 MB, 512; 200ms, 10s, 5m. */
import { RkvError } from '../kv/errors.js';

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

const TIMES: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function parse(text: string, factors: Readonly<Record<string, number>>): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const [, digits, unit] = match ?? [];
  if (digits === undefined || unit === undefined) return null;
  const factor = factors[unit.toLowerCase()];
  if (factor === undefined) return null;
  const value = Number(digits) * factor;
  return Number.isSafeInteger(Math.round(value)) ? Math.round(value) : null;
}

/** Bytes of '16MiB', '4 MB' or '512'; null when it is no size. */
export const parseBytes = (text: string): number | null => parse(text, BYTES);

/** Milliseconds of '200ms', '10s', '1.5m'; a bare number counts in `bare`. Null: no time. */
export const parseMs = (text: string, bare: 'ms' | 's' = 'ms'): number | null =>
  parse(text, { ...TIMES, '': bare === 'ms' ? 1 : 1000 });

/** The value of a flag that takes a time; USAGE when it is none. */
export function mustMs(flag: string, text: string, bare: 'ms' | 's' = 'ms'): number {
  const value = parseMs(text, bare);
  if (value !== null) return value;
  throw new RkvError('USAGE', `${flag}: '${text}' is no time; write it like 500ms, 10s or 2m`);
}

/** 16777216 → '16 MiB'; what has no round unit stays a number. */
export function describeBytes(value: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
    ['GB', 1000 ** 3],
    ['MB', 1000 ** 2],
  ];
  for (const [unit, factor] of units) {
    if (value >= factor && value % factor === 0) return `${value / factor} ${unit}`;
  }
  return String(value);
}
