/** `cluster up` between its flags and the launcher: spec, progress, notes. */
import { thisProgram } from '../launcher/child.js';
import { rkvHome } from '../launcher/home.js';
import { loadClusterSpec } from '../launcher/spec.js';
import type { Progress } from '../launcher/supervisor.js';
import { up } from '../launcher/up.js';
import type { ClusterView } from '../launcher/view.js';

export interface UpFlags {
  readonly name?: string | undefined;
  readonly nodes?: number | undefined;
  readonly shards?: number | undefined;
  readonly replicas?: number | undefined;
  readonly engine?: string | undefined;
  readonly file?: string | undefined;
  readonly detach: boolean;
  readonly proxied: boolean;
  readonly ports?: string | undefined;
  readonly 'base-port'?: number | undefined;
  readonly 'data-dir'?: string | undefined;
  readonly 'wait-timeout': number;
  readonly 'ready-file'?: string | undefined;
  readonly 'env-file'?: string | undefined;
}

export interface UpOutcome {
  readonly view: ClusterView;
  readonly notes: readonly string[];
  /** What a person may do next. */
  readonly hint: string | null;
  /** The exit code of a cluster that runs in this process. */
  readonly ended: Promise<number> | null;
}

/** Rejects as `up` does; `showProgress` draws on stdout. */
export async function clusterUp(flags: UpFlags, showProgress: boolean): Promise<UpOutcome> {
  const spec = await loadClusterSpec({
    file: flags.file,
    env: process.env,
    flags: { ...flags, basePort: flags['base-port'], dataDir: flags['data-dir'] },
    fallbackName: process.env.RKV_CLUSTER || undefined,
  });
  const start = (onProgress: (progress: Progress) => void) =>
    up({
      spec,
      home: rkvHome(),
      program: thisProgram(),
      detach: flags.detach,
      onProgress,
      waitMs: flags['wait-timeout'],
      readyFile: flags['ready-file'],
      envFile: flags['env-file'],
      proxied: flags.proxied,
    });
  const result = showProgress ? await withProgress(spec.name, start) : await start(() => undefined);
  const find = spec.name === 'default' ? '' : ` --cluster ${spec.name}`;
  const common = { view: result.view, notes: [...spec.notes] };
  switch (result.kind) {
    case 'was-running':
      return { ...common, notes: [`'${spec.name}' was running already`], hint: null, ended: null };
    case 'detached':
      return { ...common, hint: `try: rkv${find} set k v`, ended: null };
    case 'foreground':
      return {
        ...common,
        hint: `try in another terminal: rkv set k v${find}; Ctrl-C stops the cluster`,
        ended: result.ended,
      };
  }
}

async function withProgress<T>(
  name: string,
  start: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const { Listr } = await import('listr2');
  let result: T | undefined;
  const tasks = new Listr(
    {
      title: `cluster '${name}'`,
      task: async (_, task) => {
        result = await start((progress) => {
          task.output = describeProgress(progress);
        });
        task.title = `cluster '${name}' serves`;
      },
    },
    { registerSignalListeners: false, rendererOptions: { showErrorMessage: false } },
  );
  await tasks.run();
  return result as T;
}

function describeProgress(progress: Progress): string {
  switch (progress.kind) {
    case 'starting':
      return `starting ${progress.nodes} node${progress.nodes === 1 ? '' : 's'}`;
    case 'node-up':
      return `node ${progress.node} is up (${progress.up} of ${progress.of})`;
    case 'probing':
      return `writing and reading through ${progress.shards} shards`;
    case 'ports-lost':
      return `${progress.message}; trying the next ports`;
  }
}
