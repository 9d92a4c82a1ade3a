/**
 * The log of a process, on stderr: one JSON object a line, or short lines when a person looks. The
 * sink behind it never blocks (log-sink.ts).
 */
import { type Logger as PinoLogger, pino } from 'pino';
import { createLogSink, type LogSink } from './log-sink.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Fields first, then a short constant sentence: lines are found by it. */
export interface Logger {
  readonly trace: Write;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** The same log with fields added to each line. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** auto: pretty when stderr is a terminal. */
  readonly format: 'auto' | 'json' | 'pretty';
  /** On every line. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface Log {
  readonly logger: Logger;
  readonly sink: LogSink;
}

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'WARN',
  50: 'ERROR',
};

/** `write` replaces stderr, for tests. */
export function createLog(options: LogOptions, sink: LogSink = stderrSink()): Log {
  const pretty =
    options.format === 'pretty' || (options.format === 'auto' && process.stderr.isTTY === true);
  const stream = { write: (line: string) => sink.write(pretty ? prettify(line) : line) };
  const logger: PinoLogger = pino(
    {
      level: options.level,
      base: options.fields ?? {},
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
    },
    stream,
  );
  return { logger, sink };
}

/** A log that keeps nothing, for embedding and tests. */
export const silentLogger: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

let shared: LogSink | null = null;

/** One queue per process: all its logs share stderr and its limit. */
export function stderrSink(): LogSink {
  shared ??= createLogSink((lines) => {
    const time = new Date().toISOString();
    return `${JSON.stringify({ level: 40, time, lines, msg: 'log lines were dropped' })}\n`;
  });
  return shared;
}

/** 12:00:00.123 WARN peer lost  peer=2 reason="timeout" */
function prettify(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries(fields).map(([name, value]) => {
    const plain = typeof value === 'number' || typeof value === 'boolean';
    return `${name}=${plain ? value : JSON.stringify(value)}`;
  });
  const clock = String(time).slice(11, 23);
  const head = `${clock} ${(LEVELS[level as number] ?? String(level)).padEnd(5)} ${String(msg)}`;
  return `${pairs.length === 0 ? head : `${head}  ${pairs.join(' ')}`}\n`;
}
