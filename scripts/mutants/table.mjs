/**
 * Every mutant: what is broken, by exact replacements in copies of source files, and who must
 * notice. A catcher is a test (`file`, part of its `test` name), a `story`, or the simulator (one
 * of so many `seeds` `breaks` this invariant). All catchers of a row must catch.
 */
import { LOG_MUTANTS } from './log.mjs';
import { MACHINE_MUTANTS } from './machine.mjs';
import { RAFT_MUTANTS } from './raft.mjs';
import { STORE_MUTANTS } from './store.mjs';

export const MUTANTS = [...RAFT_MUTANTS, ...LOG_MUTANTS, ...STORE_MUTANTS, ...MACHINE_MUTANTS];
