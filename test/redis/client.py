"""Debian's python3-redis against a node: plain client, pipeline, MULTI, WATCH, bytes, scan."""
import sys

import redis

port = int(sys.argv[1])
client = redis.Redis(port=port, health_check_interval=1)
every = bytes(range(256))

assert client.ping() is True
assert client.set("py:k", "v", px=100000) is True
assert client.get("py:k") == b"v"
assert 0 < client.pttl("py:k") <= 100000
assert client.set(b"py:" + every, every) is True
assert client.get(b"py:" + every) == every
assert client.set("py:k", "w", nx=True) is None
assert client.mset({"py:1": "1", "py:2": "2"}) is True
assert client.mget("py:1", "py:2", "py:none") == [b"1", b"2", None]
assert client.incr("py:n", 5) == 5
assert client.hset("py:h", mapping={"a": 1, "b": every}) == 2
assert client.hgetall("py:h") == {b"a": b"1", b"b": every}

with client.pipeline(transaction=False) as pipe:
    for i in range(100):
        pipe.set(f"py:p:{i}", i)
    assert pipe.execute() == [True] * 100

with client.pipeline() as pipe:
    pipe.incr("{py}n")
    pipe.get("{py}n")
    assert pipe.execute() == [1, b"1"]

with client.pipeline() as pipe:
    pipe.watch("{py}n")
    client.set("{py}n", "9")
    pipe.multi()
    pipe.incr("{py}n")
    try:
        pipe.execute()
    except redis.WatchError:
        pass
    else:
        raise AssertionError("the watched key had changed")

assert len(list(client.scan_iter(match="py:p:*", count=10))) == 100
try:
    client.incr("py:h")
except redis.ResponseError as error:
    assert "wrong kind of value" in str(error), error
else:
    raise AssertionError("a hash was incremented")
info = client.info()
assert info["loading"] == 0 and info["role"] == "master", info
assert client.client_setname("py") is True and client.client_getname() == "py"
print("python ok")
