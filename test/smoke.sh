#!/bin/sh
# A cluster of three, a few keys, one node killed and brought back. Plain sh: rkv and exit codes.
set -eu
run=$(dirname "$0")/../bin/run.js
rkv() { node "$run" "$@"; }

RKV_CLUSTER=smoke-$$
export RKV_CLUSTER
trap 'rkv cluster down --name "$RKV_CLUSTER" --wipe >/dev/null' EXIT

rkv cluster up -n 3 -d --name "$RKV_CLUSTER"
rkv health

rkv set greeting hello
test "$(rkv get greeting)" = hello
rkv cas greeting hello goodbye
rkv incr visits --by 2
test "$(rkv incr visits --by 3)" = 5
test "$(rkv scan --prefix g --keys-only)" = greeting

if rkv get no-such-key; then exit 1; else test $? -eq 1; fi

# Two of three nodes are a majority: the cluster goes on.
rkv cluster kill 2 --name "$RKV_CLUSTER"
rkv set written-without-node-2 yes
rkv cluster restart 2 --name "$RKV_CLUSTER"
rkv cluster wait --name "$RKV_CLUSTER" --timeout 30s
test "$(rkv get written-without-node-2)" = yes
rkv health
