/**
 * Every mutant: what is broken, by exact replacements in copies of source files, and who must
 * notice. A catcher is a test (`file`, part of its `test` name), a `story` of the core, or the
 * simulator (one of so many `seeds`, from `from` on, `breaks` this invariant). All catchers of a
 * row must catch, and one of them must look at behaviour from outside: a seed, a story of the core
 * or of whole nodes, or a test with real processes.
 */
import { COLLECTION_MUTANTS } from './collections.mjs';
import { LOG_MUTANTS } from './log.mjs';
import { MACHINE_MUTANTS } from './machine.mjs';
import { RAFT_MUTANTS } from './raft.mjs';
import { STORE_MUTANTS } from './store.mjs';

export const MUTANTS = [
  ...RAFT_MUTANTS,
  ...LOG_MUTANTS,
  ...STORE_MUTANTS,
  ...MACHINE_MUTANTS,
  ...COLLECTION_MUTANTS,
];

const BEHAVIOUR = /^test\/(sim\/stories|e2e)\//;

/**
 * A story, a seed, or a test with real processes.
 * @param {{ file?: string | undefined, story?: string | undefined, seeds?: number | undefined }} by
 */
export const seesBehaviour = ({ file, story, seeds }) =>
  story !== undefined || seeds !== undefined || BEHAVIOUR.test(file ?? '');
