/** The version of Redis whose behaviour this door has: clients and frameworks ask for it. */
export const REDIS_VERSION = '7.4.0';
