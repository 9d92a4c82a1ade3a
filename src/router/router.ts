/**
 * From a checked request to its answer: slot → shard → here or there, taken apart by shard when it
 * has several keys, and put together again by the catalogue's rules. Several shards: each part is
 * linearizable, the whole is no snapshot and not atomic (DESIGN section 8).
 */
import { unreachable } from '../base/assert.js';
import type { MonoMs } from '../base/ids.js';
import { Turnstile, type TurnstileLimits } from '../base/turnstile.js';
import { keysOf, mergeReplies, type ReplyPart, rowOf, splitCommand } from '../kv/catalog/route.js';
import type { CommandRow } from '../kv/catalog/row.js';
import { decodePosition } from '../kv/catalog/walk.js';
import { RkvError } from '../kv/errors.js';
import type { Reply } from '../kv/reply.js';
import type { Command } from '../kv/request.js';
import { bucketOf } from '../shard/slot.js';
import { Attempt, type AttemptParts } from './attempt.js';
import { inPieces, type Part } from './pieces.js';
import type { RouterPorts } from './ports.js';
import { Relays } from './relays.js';
import { OwnSessions } from './sessions.js';
import type { RoutedAnswer, RoutedRequest, Router } from './types.js';

/**
 * Scans put together at once: each holds a page of every shard, more than anything else that waits
 * here. Two keep this thread busy; with eight, pages live long enough to be taken for old by the
 * collector, memory grows four times as fast, and a third of the puts go through.
 */
const SCANS: TurnstileLimits = { atOnce: 2, waiting: 1024 };
/** A retry comes when something changed, or after this long. */
const RETRY_MS = 25;

export function createRouter(ports: RouterPorts): Router {
  const sessions = new OwnSessions(() => ports.newSession());
  const scans = new Turnstile(() => ports.monotonic(), SCANS);
  let waiting: Attempt[] = [];
  let armed = false;

  const runWaiting = (): void => {
    const attempts = waiting;
    waiting = [];
    for (const attempt of attempts) attempt.run();
  };
  const arm = (): void => {
    if (armed) return;
    armed = true;
    ports.after(RETRY_MS, () => {
      armed = false;
      runWaiting();
    });
  };
  ports.onChange(() => {
    if (waiting.length > 0) ports.endOfTurn(runWaiting);
  });
  const parts: AttemptParts = {
    ports,
    sessions,
    relays: new Relays(ports),
    retry: (attempt) => {
      waiting.push(attempt);
      arm();
    },
  };

  const attempt = (
    request: RoutedRequest,
    row: CommandRow,
    { bucket, others, command }: Part,
    done: (answer: RoutedAnswer) => void,
  ): void => {
    const { stamp, read, deadline } = request;
    const { access } = row;
    new Attempt(parts, { bucket, others, command, access, stamp, read, deadline, done }).run();
  };

  return {
    execute(request, done) {
      const { command } = request;
      const row = rowOf(command);
      if (row.routing === 'one') {
        attempt(request, row, whole(bucketOf(command.args[0] as Uint8Array), command), done);
        return;
      }
      const split = partsOf(ports, row, command);
      const only = split[0];
      if (only === undefined) {
        done(new RkvError('NO_LEADER', 'there is no routing table yet', { hint: 'rkv status' }));
      } else if (split.length === 1 && row.routing !== 'shards') {
        attempt(request, row, only, done);
      } else {
        const each = (part: Part, answer: (answer: RoutedAnswer) => void): void =>
          attempt(request, row, part, answer);
        const work = (ended: (answer: RoutedAnswer) => void): void =>
          gather(request, row, piecesOf(row, split), each, ended);
        if (row.reads === 'range') inTurn(scans, request.deadline, done, work);
        else work(done);
      }
    },
  };
}

/** Runs `work` when its turn comes; its answer makes room for the next. */
function inTurn(
  turnstile: Turnstile,
  deadline: MonoMs,
  done: (answer: RoutedAnswer) => void,
  work: (done: (answer: RoutedAnswer) => void) => void,
): void {
  const entered = turnstile.add({
    deadline,
    enter: () =>
      work((answer) => {
        turnstile.leave();
        done(answer);
      }),
    refuse: () => done(new RkvError('TIMEOUT', 'the scan waited until its deadline')),
  });
  if (!entered) done(new RkvError('OVERLOADED', 'too many scans wait already'));
}

const NONE: readonly number[] = [];

const whole = (bucket: number, command: Command, others = NONE): Part => ({
  bucket,
  others,
  command,
  positions: null,
});

/** The parts of a command, each named by a bucket of its shard; none: no routing table yet. */
function partsOf(ports: RouterPorts, row: CommandRow, command: Command): readonly Part[] {
  switch (row.routing) {
    case 'one':
      return [whole(bucketOf(command.args[0] as Uint8Array), command)];
    case 'keys':
      return partsByKey(ports, row, command);
    case 'shards':
      return ports.firstBuckets().map((bucket) => whole(bucket, command));
    case 'bucket':
      return [whole(decodePosition(command.args[0] as Uint8Array)?.bucket ?? 0, command)];
    case 'together': {
      const buckets = [...new Set<number>(keysOf(row, command.args).map(bucketOf))];
      return [whole(buckets[0] ?? 0, command, buckets.slice(1))];
    }
    default:
      return unreachable(row.routing);
  }
}

function partsByKey(ports: RouterPorts, row: CommandRow, command: Command): readonly Part[] {
  const bucketByGroup = new Map<number, number>();
  const split = splitCommand(row, command, (key) => {
    const bucket = bucketOf(key);
    const group = ports.place(bucket)?.group ?? -1;
    if (!bucketByGroup.has(group)) bucketByGroup.set(group, bucket);
    return group;
  });
  return split.map(({ group, command: part, positions }) => ({
    bucket: bucketByGroup.get(group) ?? 0,
    others: NONE,
    command: part,
    positions,
  }));
}

/**
 * Reads of one round are looked up in one go when their index is applied, so few go together;
 * writes share entries, whose size is limited, and would wait for the disks in turn.
 */
const READS_AT_ONCE = 4;
const WRITES_AT_ONCE = 16;

function piecesOf(row: CommandRow, split: readonly Part[]): Pieces {
  const pieces = inPieces(split, row.positionals.length);
  return {
    pieces,
    atOnce: split.length * (row.access === 'write' ? WRITES_AT_ONCE : READS_AT_ONCE),
  };
}

interface Pieces {
  readonly pieces: readonly Part[];
  /** The next one begins when one of so many is answered. */
  readonly atOnce: number;
}

/**
 * Waits for all pieces. When one fails no further one begins and the whole fails: `unknown` if a
 * write's outcome is, else the first error (pieces before it may have been applied: several shards
 * are not atomic).
 */
function gather(
  request: RoutedRequest,
  row: CommandRow,
  { pieces, atOnce }: Pieces,
  attempt: (part: Part, done: (answer: RoutedAnswer) => void) => void,
  done: (answer: RoutedAnswer) => void,
): void {
  const replies: ReplyPart[] = new Array(pieces.length);
  let begun = 0;
  let answered = 0;
  let applied = false;
  let failed = false;
  let error: RkvError | null = null;
  const finish = (): void => {
    if (error === null) done(mergeReplies(row, request.command, replies));
    else if (row.access === 'write' && applied && error.kind === 'refused') {
      const message = `a part was applied, another was refused: ${error.message}`;
      done(new RkvError('OUTCOME_UNKNOWN', message, { cause: error }));
    } else done(error);
  };
  const begin = (): void => {
    const i = begun++;
    const part = pieces[i] as Part;
    attempt(part, (answer) => {
      answered++;
      if (answer instanceof RkvError) {
        failed = true;
        if (error === null || answer.kind === 'unknown') error = answer;
      } else {
        applied = true;
        replies[i] = { reply: answer as Reply, positions: part.positions };
      }
      if (!failed && begun < pieces.length) begin();
      else if (answered === begun) finish();
    });
  };
  while (!failed && begun < Math.min(atOnce, pieces.length)) begin();
}
