#!/bin/sh
# A whole life of a cluster in plain sh: only rkv and its exit codes. RKV=… names another rkv.
set -eu

RKV="${RKV:-npx rkv}"
HOME_OF_TEST="$(mktemp -d "${TMPDIR:-/tmp}/rkv-smoke-XXXXXX")"
export RKV_HOME="$HOME_OF_TEST" RKV_CLUSTER="smoke-$$"
unset RKV_ENDPOINTS

cleanup() {
  $RKV cluster down --wipe >/dev/null 2>&1 || true
  rm -rf "$HOME_OF_TEST"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# expect CODE rkv-words…: runs them, silent, and compares the exit code
expect() {
  want="$1"
  shift
  code=0
  $RKV "$@" >/dev/null 2>&1 || code=$?
  [ "$code" = "$want" ] || { echo "rkv $*: exit $code, expected $want"; exit 1; }
}

# same TEXT rkv-words…: exit 0 and exactly this output
same() {
  want="$1"
  shift
  got="$($RKV "$@")"
  [ "$got" = "$want" ] || { echo "rkv $*: '$got', expected '$want'"; exit 1; }
}

expect 3 get k                                   # no cluster yet
$RKV cluster up -n 3 -d >/dev/null               # returns when every shard has served a write

same OK set k v
same v get k
expect 1 get missing                             # not there
expect 2 get                                     # wrong by the words alone
expect 2 get k --no-such-flag
expect 2 set "" v                                # an unset variable, most likely
expect 1 set k other --if-absent                 # condition false
expect 0 cas k v w
expect 1 cas k v w                               # no longer v
same w get k
same 1 incr counter
same 42 incr counter --by 41
$RKV mset user:1 a user:2 b user:3 c >/dev/null
same 3 scan --prefix user: --count-only -o raw
same "user:1	a" scan --prefix user: --limit 1 2>/dev/null
same 1 del k
expect 1 get k

$RKV cluster kill 2 >/dev/null                   # kill -9 of a node: nothing is lost
same 42 get counter
same OK set after kill
$RKV cluster restart 2 >/dev/null
expect 0 health

$RKV cluster down >/dev/null                     # data stays …
expect 3 get counter
$RKV cluster up -d >/dev/null                    # … and the next up finds it
same kill get after
same 42 get counter
echo ok
