/** Meta commands, replies and the catalogue as versioned JSON: small, rare, readable in a dump. */
import { CATALOGUE_VERSION, type Catalogue } from './catalogue.js';
import type { MetaCommand, MetaReply } from './commands.js';

const text = new TextDecoder();
const bytes = new TextEncoder();

export const encodeCatalogue = (catalogue: Catalogue): Uint8Array =>
  bytes.encode(JSON.stringify(catalogue));

/** Throws when the bytes are of a newer format: a catalogue is never guessed. */
export function decodeCatalogue(encoded: Uint8Array): Catalogue {
  const catalogue = JSON.parse(text.decode(encoded)) as Catalogue;
  if (catalogue.formatVersion > CATALOGUE_VERSION) {
    throw new RangeError(`catalogue format ${catalogue.formatVersion} is newer than this build`);
  }
  return catalogue;
}

export const encodeMetaCommand = (command: MetaCommand): Uint8Array =>
  bytes.encode(JSON.stringify(command));

export const decodeMetaCommand = (encoded: Uint8Array): MetaCommand =>
  JSON.parse(text.decode(encoded)) as MetaCommand;

export const encodeMetaReply = (reply: MetaReply): Uint8Array =>
  bytes.encode(JSON.stringify(reply));

export const decodeMetaReply = (encoded: Uint8Array): MetaReply =>
  JSON.parse(text.decode(encoded)) as MetaReply;
