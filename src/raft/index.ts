/** `import { createRaft } from 'rkv/raft'`: the Raft core as a library of its own. */
export { createRaft } from './core.js';
export {
  describeChange,
  describeEntries,
  describeEntry,
  describeFloor,
  describeHardState,
  describeMember,
  describeMembers,
  describeMessage,
  describeProposal,
  describeRead,
  describeReady,
  describeSoftState,
  describeTrace,
  describeView,
} from './describe.js';
export { changeMembers, isJoint } from './members/algebra.js';
export type * from './types.js';
