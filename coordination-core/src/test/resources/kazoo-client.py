"""What programs that use kazoo do, against the servers given as the only argument. Ends with a line that says ok."""
import sys
import threading

from kazoo.client import KazooClient
from kazoo.exceptions import (
    BadVersionError,
    LockTimeout,
    NoAuthError,
    NoNodeError,
    NotEmptyError,
    RolledBackError,
    RuntimeInconsistency,
)
from kazoo.security import make_digest_acl

HOSTS = sys.argv[1]
SECONDS = 30


def connect():
    client = KazooClient(hosts=HOSTS, timeout=10)
    client.start(SECONDS)
    return client


def refused(error, call):
    try:
        call()
    except error:
        return
    raise AssertionError("no %s" % error.__name__)


def versions_and_words(client):
    assert client.server_version()[:2] == (3, 9), client.server_version()
    assert client.command(b"envi").startswith("Environment:")
    assert client.command(b"ruok") == "imok"
    assert "zk_znode_count" in client.command(b"mntr")


def znodes(client):
    assert client.create("/kazoo/e", b"x", ephemeral=True, makepath=True) == "/kazoo/e"
    assert client.create("/kazoo/s-", sequence=True).startswith("/kazoo/s-000")
    assert client.create("/kazoo/es-", ephemeral=True, sequence=True).startswith("/kazoo/es-000")
    path, stat = client.create("/kazoo/stat", b"1", include_data=True)
    assert stat.dataLength == 1 and stat.version == 0
    assert client.set("/kazoo/stat", b"22").version == 1
    assert client.get("/kazoo/stat")[0] == b"22"
    assert client.sync("/kazoo") == "/kazoo"
    refused(NoNodeError, lambda: client.create("/kazoo/absent/x"))
    refused(NotEmptyError, lambda: client.delete("/kazoo"))
    refused(BadVersionError, lambda: client.set("/kazoo/stat", b"", version=77))


def transactions(client):
    good = client.transaction()
    good.create("/kazoo/t", b"a")
    good.set_data("/kazoo/t", b"b")
    good.check("/kazoo/t", 1)
    good.delete("/kazoo/t")
    results = good.commit()
    assert results[0] == "/kazoo/t" and results[1].version == 1 and results[2:] == [True, True], results
    bad = client.transaction()
    bad.create("/kazoo/t")
    bad.check("/kazoo/t", 9)
    bad.delete("/kazoo/t")
    kinds = [type(result) for result in bad.commit()]
    assert kinds == [RolledBackError, BadVersionError, RuntimeInconsistency], kinds


def watches(client):
    seen = []
    changed = threading.Condition()

    @client.DataWatch("/kazoo/w")
    def watch(data, stat, event):
        with changed:
            seen.append(data)
            changed.notify_all()

    for number, step in enumerate(
        [
            lambda: client.create("/kazoo/w", b"1"),
            lambda: client.set("/kazoo/w", b"2"),
            lambda: client.delete("/kazoo/w"),
        ]
    ):
        step()
        with changed:
            assert changed.wait_for(lambda: len(seen) == number + 2, SECONDS), seen
    assert seen == [None, b"1", b"2", None], seen


def recipes(client, other):
    mine, theirs = client.Lock("/kazoo/lock", "me"), other.Lock("/kazoo/lock", "you")
    assert mine.acquire(timeout=SECONDS) and mine.contenders() == ["me"]
    refused(LockTimeout, lambda: theirs.acquire(timeout=0.2))
    mine.release()
    assert theirs.acquire(timeout=SECONDS)
    theirs.release()
    readers = [client.ReadLock("/kazoo/rw", "a"), other.ReadLock("/kazoo/rw", "b")]
    assert all(lock.acquire(timeout=SECONDS) for lock in readers)
    for lock in readers:
        lock.release()
    queue = client.Queue("/kazoo/queue")
    queue.put(b"1")
    queue.put(b"2")
    assert [queue.get(), queue.get()] == [b"1", b"2"]
    counter = client.Counter("/kazoo/counter")
    counter += 2
    counter -= 1
    assert counter.value == 1
    party = client.Party("/kazoo/party", "p")
    party.join()
    assert list(party) == ["p"]
    elected = []
    client.Election("/kazoo/election", "e").run(lambda: elected.append(1))
    assert elected == [1]


def permissions(client, other):
    client.add_auth("digest", "u:p")
    client.create("/kazoo/secret", b"s", acl=[make_digest_acl("u", "p", all=True)])
    assert client.get("/kazoo/secret")[0] == b"s"
    other.sync("/kazoo/secret")  # at a server of its own, which may be behind
    refused(NoAuthError, lambda: other.get("/kazoo/secret"))


def main():
    client, other = connect(), connect()
    versions_and_words(client)
    znodes(client)
    transactions(client)
    watches(client)
    recipes(client, other)
    permissions(client, other)
    client.stop()
    client.close()
    other.sync("/kazoo/e")
    assert other.exists("/kazoo/e") is None, "an ephemeral znode outlives its session"
    other.restart()
    assert other.exists("/kazoo/stat").version == 1
    other.stop()
    other.close()
    print("kazoo ok")


main()
