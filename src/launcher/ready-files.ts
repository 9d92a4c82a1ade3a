/** What a script waits for and sources: the ready file and the env file of `cluster up`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ClusterView } from './view.js';

export interface ReadyFiles {
  readonly readyFile?: string | null | undefined;
  readonly envFile?: string | null | undefined;
}

/** Written when the cluster is ready, the ready file last: who sees it may source the other. */
export async function writeReadyFiles(files: ReadyFiles, view: ClusterView): Promise<void> {
  const endpoints = view.nodes.map((node) => node.addresses.grpc).join(',');
  await put(files.envFile, `RKV_CLUSTER=${view.name}\nRKV_ENDPOINTS=${endpoints}\n`);
  await put(files.readyFile, `${JSON.stringify(view)}\n`);
}

async function put(file: string | null | undefined, text: string): Promise<void> {
  if (!file) return;
  const path = resolve(file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
