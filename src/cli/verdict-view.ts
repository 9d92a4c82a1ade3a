/** A verdict for eyes and for programs. */
import { formatHistoryLine, type HistoryOp } from '../verify/history.js';
import type { Violation } from '../verify/linearizability.js';
import type { CheckedFile } from './history-file.js';

/** Undecided keys that are named; the rest is counted. */
const NAMED_KEYS = 5;

export const EXIT_OF = { linearizable: 0, violation: 8, undecided: 5 } as const;

const fitted = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 57)}...`);

function answerOf({ result, out }: HistoryOp): string {
  if (result !== 'ok') return result;
  const parts: string[] = [];
  for (const [name, value] of Object.entries(out)) {
    parts.push(name === 'value' ? JSON.stringify(value) : `${name} ${JSON.stringify(value)}`);
  }
  return parts.length === 0 ? 'ok' : fitted(parts.join(', '));
}

/** One operation as a person would tell it, times in µs. */
function sentence(op: HistoryOp): string {
  const words = [op.op, ...op.args.map((arg) => JSON.stringify(arg))];
  const when = `${op.call} to ${op.return}`;
  return `  ${when}  client ${op.client}  ${fitted(words.join(' '))} -> ${answerOf(op)}`;
}

function violationText({ key, part, at }: Violation): string {
  if (part.length === 0) return `key ${JSON.stringify(key)}: no order explains it either`;
  const head = `key ${JSON.stringify(key)}: no order explains these ${part.length} operations`;
  return [`${head} (by ${at} µs)`, ...part.map(sentence)].join('\n');
}

function keyList(keys: readonly string[]): string {
  const named = keys.slice(0, NAMED_KEYS).map((key) => JSON.stringify(key));
  const more = keys.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export function verdictText({ verdict, faults, elapsedMs }: CheckedFile): string {
  const { operations, keys } = verdict;
  const around = faults === 0 ? '' : `, ${faults} faults meanwhile`;
  const counted = `${operations} operations on ${keys} keys${around}, ${elapsedMs / 1000} s`;
  switch (verdict.kind) {
    case 'linearizable':
      return `linearizable: ${counted}`;
    case 'undecided':
      return `undecided: the time for ${keyList(verdict.undecided)} ran out; ${counted}`;
    case 'violation': {
      const told = verdict.violations.map(violationText);
      const open = verdict.undecided;
      if (open.length > 0) told.push(`undecided beside that: ${keyList(open)}`);
      return [`violation: ${counted}`, ...told].join('\n');
    }
  }
}

/** The document of `-o json`. The part's operations are lines of a history again. */
export function verdictObject({ verdict, faults, elapsedMs }: CheckedFile): object {
  const { kind, operations, keys } = verdict;
  const parts = verdict.kind === 'violation' ? verdict.violations : [];
  return {
    verdict: kind,
    operations,
    keys,
    faults,
    elapsedMs,
    violations: parts.map(({ key, part, at }) => ({
      key,
      atUs: at,
      part: part.map((op) => JSON.parse(formatHistoryLine(op))),
    })),
    undecided: verdict.kind === 'linearizable' ? [] : verdict.undecided,
  };
}
