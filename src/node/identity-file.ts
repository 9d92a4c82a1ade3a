/**
 * node.json and peers.json: bytes to identity and back. Each carries a CRC over its own fields,
 * since a rotten disk id or boot count would make a node another one.
 */
import { crc32 } from '../base/checksum.js';
import { type NodeId, nodeId } from '../base/ids.js';
import type { HardOptions } from '../config/options.js';
import { RkvError } from '../kv/errors.js';

export const IDENTITY_FORMAT = 1;

export interface Identity {
  readonly format: number;
  readonly clusterId: string;
  readonly nodeId: NodeId;
  /** Random, of this directory: a node that comes back with another one has lost its data. */
  readonly diskId: string;
  /** Starts of this directory, this one included. */
  readonly bootCount: number;
  readonly bootstrapped: boolean;
  /** The hard options the directory was born with. */
  readonly hard: HardOptions;
}

type Fields = Readonly<Record<string, unknown>>;

function seal(fields: Fields): string {
  const crc = crc32(Buffer.from(JSON.stringify(fields)));
  return `${JSON.stringify({ ...fields, crc }, null, 2)}\n`;
}

function unseal(text: string, path: string): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new RkvError('CORRUPT', `${path} is not what rkv wrote: no JSON`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new RkvError('CORRUPT', `${path} is not what rkv wrote: no object`);
  }
  const { crc, ...fields } = parsed as Record<string, unknown>;
  if (crc !== crc32(Buffer.from(JSON.stringify(fields)))) {
    throw new RkvError('CORRUPT', `${path} is not what rkv wrote: its checksum does not fit`);
  }
  return fields;
}

function mustKnowFormat(format: unknown, path: string): void {
  if (format === IDENTITY_FORMAT) return;
  throw new RkvError(
    'WRONG_IDENTITY',
    `${path} has format ${String(format)}; this version of rkv knows ${IDENTITY_FORMAT}`,
  );
}

export const encodeIdentity = (identity: Identity): string => seal({ ...identity });

/** Throws CORRUPT, or WRONG_IDENTITY for a format of another version. */
export function decodeIdentity(text: string, path: string): Identity {
  const fields = unseal(text, path);
  mustKnowFormat(fields.format, path);
  const { clusterId, diskId, bootCount, bootstrapped, hard } = fields;
  const whole =
    typeof clusterId === 'string' &&
    typeof diskId === 'string' &&
    typeof bootCount === 'number' &&
    typeof bootstrapped === 'boolean' &&
    typeof hard === 'object' &&
    hard !== null;
  if (!whole) throw new RkvError('CORRUPT', `${path} lacks a field`);
  return {
    format: IDENTITY_FORMAT,
    clusterId,
    nodeId: nodeId(fields.nodeId as number),
    diskId,
    bootCount,
    bootstrapped,
    hard: hard as HardOptions,
  };
}

/** The last boot of a peer: its count, and the id that tells one process from a copy's. */
export interface PeerBoot {
  readonly count: number;
  readonly bootId: string;
}

export function encodePeerBoots(boots: ReadonlyMap<NodeId, PeerBoot>): string {
  const rows = [...boots].map(([id, { count, bootId }]) => [id, count, bootId]);
  return seal({ format: IDENTITY_FORMAT, boots: rows });
}

export function decodePeerBoots(text: string, path: string): Map<NodeId, PeerBoot> {
  const fields = unseal(text, path);
  mustKnowFormat(fields.format, path);
  const boots = fields.boots as readonly (readonly [number, number, string])[];
  return new Map(boots.map(([id, count, bootId]) => [nodeId(id), { count, bootId }]));
}
