/** Checks a core's limits against each other, once, before anything else happens. */
import { assert } from '../base/assert.js';
import type { RaftConfig } from './types.js';

export function mustBeSound(config: RaftConfig): void {
  const { heartbeatTicks, electionTicks, leaseTicks, quiesceTicks } = config;
  assert(heartbeatTicks >= 1, 'a heartbeat needs a tick');
  assert(electionTicks > heartbeatTicks, 'elections must be slower than heartbeats');
  assert(leaseTicks === 0 || leaseTicks >= 3, 'a lease of under 3 ticks never holds');
  assert(leaseTicks <= electionTicks, 'a lease must not outlive the silence before a campaign');
  assert(leaseTicks === 0 || config.checkQuorum, 'leases need check-quorum');
  assert(config.maxAppendBytes > 0, 'an append carries something');
  assert(config.maxInflightMessages >= 1, 'one message must be able to leave');
  assert(config.maxInflightBytes >= 1, 'one message must be able to leave');
  assert(config.maxUncommittedBytes >= 1, 'one proposal must be able to stay');
  assert(quiesceTicks === 0 || quiesceTicks > heartbeatTicks, 'rest comes after the last beat');
  assert(config.promoteLag >= 0, 'a lag is a number of entries');
}
