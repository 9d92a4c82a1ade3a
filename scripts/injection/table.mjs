/** All faults that need root, by name. `run` gives figures, or throws what did not hold. */
import { PARTITION_FAULTS } from './partitions.mjs';
import { POWER_FAULTS } from './power.mjs';
import { SYSCALL_FAULTS } from './syscalls.mjs';

export const FAULTS = [...SYSCALL_FAULTS, ...POWER_FAULTS, ...PARTITION_FAULTS];
