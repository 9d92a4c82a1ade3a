/** `cluster logs`: the nodes' log files, once or as they grow. */
import { createReadStream, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RkvError } from '../kv/errors.js';
import type { ClusterView } from './view.js';

export interface LogSource {
  readonly label: string;
  readonly path: string;
}

/** The files of one node, of `supervisor`, or of all nodes. Throws NOT_FOUND. */
export function logSources(view: ClusterView, which: string | undefined): LogSource[] {
  const nodes = view.nodes.map(({ id, log }) => ({ label: `node-${id}`, path: log }));
  if (which === undefined) return nodes;
  if (which === 'supervisor') {
    return [{ label: 'supervisor', path: join(view.dir, 'supervisor.log') }];
  }
  const found = nodes.find(({ label }) => label === `node-${which.replace(/^node-/, '')}`);
  if (found !== undefined) return [found];
  throw new RkvError('NOT_FOUND', `cluster '${view.name}' has no node ${which}`);
}

type WriteLine = (label: string, line: string) => Promise<void>;

/** A reader that goes on where it stopped; a partial last line waits for its end. */
class LogReader {
  readonly source: LogSource;
  #offset = 0;
  #rest = '';

  constructor(source: LogSource) {
    this.source = source;
  }

  async readNew(write: WriteLine): Promise<void> {
    const size = await stat(this.source.path).then(
      (stats) => stats.size,
      () => 0,
    );
    if (size < this.#offset) this.#offset = 0;
    if (size === this.#offset) return;
    const range = { start: this.#offset, end: size - 1, encoding: 'utf8' as const };
    for await (const chunk of createReadStream(this.source.path, range)) {
      const lines = `${this.#rest}${chunk}`.split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) await write(this.source.label, line);
    }
    this.#offset = size;
  }

  async finish(write: WriteLine): Promise<void> {
    if (this.#rest !== '') await write(this.source.label, this.#rest);
    this.#rest = '';
  }
}

/** All that is there now, file by file. */
export async function printLogs(sources: readonly LogSource[], write: WriteLine): Promise<void> {
  for (const source of sources) {
    const reader = new LogReader(source);
    await reader.readNew(write);
    await reader.finish(write);
  }
}

/** All that is there and all that comes, until `signal` aborts. */
export async function followLogs(
  sources: readonly LogSource[],
  write: WriteLine,
  signal: AbortSignal,
): Promise<void> {
  const readers = sources.map((source) => new LogReader(source));
  let wake: () => void = () => undefined;
  let changed = true;
  const onChange = (): void => {
    changed = true;
    wake();
  };
  const folders = new Set(sources.map(({ path }) => join(path, '..')));
  const watchers = [...folders].map((folder) => watch(folder, onChange));
  signal.addEventListener('abort', onChange, { once: true });
  try {
    while (!signal.aborted) {
      changed = false;
      for (const reader of readers) await reader.readNew(write);
      if (changed) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}
