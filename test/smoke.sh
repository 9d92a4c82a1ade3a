#!/bin/sh
# A whole life of a cluster in plain sh: only rkv and its exit codes. RKV=… names another rkv.
set -eu
RKV="${RKV:-node $(dirname "$0")/../bin/run.js}"
RKV_HOME="$(mktemp -d)"
RKV_CLUSTER="smoke-$$"
export RKV_HOME RKV_CLUSTER
unset RKV_ENDPOINTS
trap '$RKV cluster down --wipe >/dev/null 2>&1 || true; rm -rf "$RKV_HOME"' EXIT
trap 'exit 130' INT TERM

fail() { echo "smoke: $*" >&2; exit 1; }
code() { # code 1 get k: it exits with 1, silently
  want=$1; shift; is=0
  $RKV "$@" >/dev/null 2>&1 || is=$?
  [ "$is" = "$want" ] || fail "rkv $* exits $is, not $want"
}
same() { # same v get k: it exits with 0 and prints v
  want=$1; shift
  is=$($RKV "$@") || fail "rkv $* exits $?"
  [ "$is" = "$want" ] || fail "rkv $* prints '$is', not '$want'"
}

code 3 get k                          # no cluster yet
code 0 cluster up -n 3 -d             # returns when every shard has served a write and a read
same OK set k v
same v get k
code 1 get missing                    # not there
code 1 set k w --if-absent            # the condition is false
code 0 cas k v w
code 1 cas k v x                      # it is w by now
code 2 get k --no-such-flag           # wrong by the words alone
code 2 set "" v                       # an unset variable, most likely
same 42 incr counter --by 42
code 0 mset user:1 a user:2 b user:3 c
same 3 scan --prefix user: --count-only -o raw
same 1 del k
code 1 get k

code 0 cluster kill 2                 # kill -9 of a node: two of three go on, nothing is lost
same 42 get counter
same OK set meanwhile yes
code 0 cluster restart 2
code 0 health

code 0 cluster down                   # the data stays, and the next up finds it
code 3 get counter
code 0 cluster up -d
same 42 get counter
same yes get meanwhile
