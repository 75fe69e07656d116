"""Ids and names as Assent writes them. All numbers are big-endian; layouts begin with a version."""

import base64
import hashlib
import re
import struct
from typing import NamedTuple

FORMAT_ID = 0x41534E54  # marks XIDs of ours among those of others


class Refused(Exception):
    """The work was not done; ``retry`` says whether the same request may succeed later."""

    def __init__(self, why, retry=False):
        super().__init__(why)
        self.retry = retry


class Gtrid(NamedTuple):
    """What an agent has to read in the 48 bytes of a transaction's id."""

    raw: bytes
    shard: int
    epoch: int
    deadline_millis: int

    @staticmethod
    def of(raw):
        if len(raw) != 48 or raw[0] != 1:
            raise Refused("not the id of a transaction that nodes coordinate")
        _, _, _, shard, _, epoch, deadline, _ = struct.unpack(">BQBHqiq16s", raw)
        return Gtrid(raw, shard, epoch, deadline)


def crc32c(octets):
    crc = 0xFFFFFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def token_of(gtrid):
    framed = gtrid.raw + struct.pack(">I", crc32c(gtrid.raw))
    return "at1-" + base64.urlsafe_b64encode(framed).decode().rstrip("=")


def gtrid_of(token):
    try:
        framed = base64.urlsafe_b64decode(token[4:] + "=" * (-len(token[4:]) % 4))
        gtrid = Gtrid.of(framed[:-4])
    except ValueError as malformed:
        raise Refused("not the token of a transaction") from malformed
    if token_of(gtrid) != token:
        raise Refused("not the token of a transaction, or damaged on its way")
    return gtrid


def name_hash(name):
    """What a bqual says instead of the resource's name."""
    return hashlib.sha256(name.encode("ascii")).digest()[:8]


def gid_of(gtrid, bqual):
    """As pgjdbc names a prepared transaction, so that services in Java find and end it too."""
    return f"{FORMAT_ID}_{base64.b64encode(gtrid).decode()}_{base64.b64encode(bqual).decode()}"


GID = re.compile(rf"{FORMAT_ID}_([A-Za-z0-9+/]+={{0,2}})_([A-Za-z0-9+/]+={{0,2}})")


def bqual_of(resource, number, incarnation):
    """21 bytes: which resource, which branch of the transaction, and which life of the process did the work."""
    return struct.pack(">B8sIQ", 1, name_hash(resource), number, incarnation)


def xids_in(gids):
    """What of that is ours, as (gtrid, bqual)."""
    matches = (GID.fullmatch(gid) for gid in gids)
    return [tuple(base64.b64decode(part) for part in match.groups()) for match in matches if match]
