/** Small sums and sights that several measurements share. */
import { readFileSync } from 'node:fs';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  if (Number.isInteger(middle)) return (sorted[middle - 1] + sorted[middle]) / 2;
  return sorted[Math.floor(middle)];
}

export const rounded = (value, digits = 0) => Number(value.toFixed(digits));

/**
 * Resident memory of a process in MB (10^6 bytes), and how much of it is pages of files (the
 * program, tables that LevelDB has mapped), which the kernel takes back when it needs them. Linux.
 */
export function residentMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name) => {
    const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status);
    return (Number(line?.[1]) * 1024) / 1e6;
  };
  return { all: of('VmRSS'), files: of('RssFile') };
}

/** CPU time a process has used, in clock ticks of 10 ms. Linux. */
export function cpuTicks(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** A table in Markdown. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
