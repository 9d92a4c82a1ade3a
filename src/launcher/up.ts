/** `cluster up`: find out what is there, plan, start (here or detached), and wait for the proof. */
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, isErrorCode, RkvError, toRkvError } from '../kv/errors.js';
import { loadSpawn, type Program } from './child.js';
import { askControl } from './control.js';
import { clusterDir } from './home.js';
import { type ClusterPlan, mustHaveShape, type PlanSettings, planCluster } from './plan.js';
import type { Probe } from './probe.js';
import { writeReadyFiles } from './ready-files.js';
import { type ClusterRecord, isSupervised, readRecord } from './record.js';
import type { ClusterSpec } from './spec.js';
import { type Progress, Supervisor } from './supervisor.js';
import type { ClusterView } from './view.js';

export interface UpRequest extends PlanSettings {
  readonly spec: ClusterSpec;
  readonly program: Program;
  readonly detach: boolean;
  readonly onProgress: (progress: Progress) => void;
  readonly probe?: Probe;
}

export type UpResult =
  /** It was running already, with this shape. */
  | { readonly kind: 'was-running'; readonly view: ClusterView }
  /** It runs in the background. */
  | { readonly kind: 'detached'; readonly view: ClusterView }
  /** It runs in this process, until `ended` resolves with the process's exit code. */
  | {
      readonly kind: 'foreground';
      readonly view: ClusterView;
      readonly ended: Promise<number>;
    };

/** What a detached supervisor says to the `up` that started it, over its IPC channel. */
export type SupervisorReport =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'ready'; readonly view: ClusterView }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | null;
    };

export async function up(request: UpRequest): Promise<UpResult> {
  const { spec, home } = request;
  const record = readRecord(home, spec.name);
  if (record !== null && isSupervised(record)) return alreadyUp(record, request);
  const plan = planCluster(spec, record, request);
  return request.detach ? upDetached(plan, request) : upHere(plan, request);
}

async function alreadyUp(record: ClusterRecord, request: UpRequest): Promise<UpResult> {
  mustHaveShape(record, request.spec);
  if (request.proxied === true && record.proxied !== true) {
    throw new RkvError('CONFLICT', `cluster '${record.name}' runs without proxies`, {
      hint: `rkv cluster down --name ${record.name}, then up --proxied`,
    });
  }
  const ask = { op: 'wait', timeoutMs: request.waitMs } as const;
  const view = (await askControl(record.control ?? '', ask)) as ClusterView;
  await writeReadyFiles(request, view);
  return { kind: 'was-running', view };
}

async function upHere(plan: ClusterPlan, request: UpRequest): Promise<UpResult> {
  const { program, onProgress, probe } = request;
  const supervisor = new Supervisor({ plan, program, onProgress, ...(probe ? { probe } : {}) });
  const signalled = stopOnSignal(supervisor);
  try {
    await supervisor.start();
  } catch (error) {
    const code = signalled();
    await supervisor.settled();
    if (code !== null) process.exit(code);
    throw error;
  }
  const ended = supervisor.ended.then(async () => {
    await supervisor.settled();
    return signalled() ?? 0;
  });
  return { kind: 'foreground', view: supervisor.view(), ended };
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The first signal stops in order, the second kills; the function tells the code of the first. */
export function stopOnSignal(supervisor: Supervisor): () => number | null {
  let first: number | null = null;
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (first !== null) supervisor.killAll();
      first ??= code;
      supervisor.stop().catch(() => undefined);
    });
  }
  return () => first;
}

/** The words of the hidden command that runs a detached supervisor. */
export const SUPERVISE_WORDS = ['cluster', 'supervise'] as const;

async function upDetached(plan: ClusterPlan, request: UpRequest): Promise<UpResult> {
  const execa = await loadSpawn();
  const folder = clusterDir(plan.home, plan.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = openSync(join(folder, 'supervisor.log'), 'a', 0o600) as 3;
  const { execPath, args } = request.program;
  const supervisor = execa(execPath, [...args, ...SUPERVISE_WORDS], {
    stdin: 'ignore',
    stdout: log,
    stderr: log,
    ipc: true,
    serialization: 'json',
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
  });
  const gone = supervisor.then((): never => {
    throw new RkvError('INTERNAL', 'the supervisor ended without a word', {
      hint: `see ${join(folder, 'supervisor.log')}`,
    });
  });
  const said = new Promise<ClusterView>((resolve, reject) => {
    supervisor.on('message', (message) => {
      const report = message as unknown as SupervisorReport;
      switch (report.kind) {
        case 'progress':
          request.onProgress(report.progress);
          break;
        case 'ready':
          resolve(report.view);
          break;
        case 'failed':
          reject(errorOf(report));
          break;
      }
    });
  });
  supervisor.send(plan as never);
  const view = await Promise.race([said, gone]);
  // what is left of this process must not keep the supervisor's channel, nor wait for its end
  supervisor.disconnect();
  supervisor.unref();
  return { kind: 'detached', view };
}

function errorOf(report: Extract<SupervisorReport, { kind: 'failed' }>): RkvError {
  const code = isErrorCode(report.code) ? report.code : 'INTERNAL';
  return new RkvError(code, report.message, report.hint === null ? {} : { hint: report.hint });
}

/**
 * The body of the detached supervisor: takes its plan from the channel, reports, and stays. The
 * channel's end before the report means that `up` was interrupted: everything is stopped again.
 */
export async function supervise(program: Program, probe?: Probe): Promise<number> {
  const plan = await new Promise<ClusterPlan>((resolve) => {
    process.once('message', (message) => resolve(message as ClusterPlan));
  });
  const onProgress = (progress: Progress): void => void say({ kind: 'progress', progress });
  const supervisor = new Supervisor({ plan, program, onProgress, ...(probe ? { probe } : {}) });
  const signalled = stopOnSignal(supervisor);
  const interrupted = (): void => void supervisor.stop();
  process.once('disconnect', interrupted);
  try {
    await supervisor.start();
  } catch (thrown) {
    const { code, message, details, exitCode } = toRkvError(thrown);
    process.stderr.write(`${new Date().toISOString()} ${message}\n`);
    await say({ kind: 'failed', code, message, hint: details.hint ?? null });
    return exitCode;
  }
  process.off('disconnect', interrupted);
  await say({ kind: 'ready', view: supervisor.view() });
  await supervisor.ended;
  await supervisor.settled();
  return signalled() ?? 0;
}

function say(report: SupervisorReport): Promise<void> {
  if (process.send === undefined || !process.connected) return Promise.resolve();
  return new Promise((resolve) => {
    process.send?.(report, undefined, undefined, () => resolve());
  });
}
