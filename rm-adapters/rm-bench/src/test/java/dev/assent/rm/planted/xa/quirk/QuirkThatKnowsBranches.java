package dev.assent.rm.planted.xa.quirk;

import dev.assent.rm.xa.XaXid;

/** A policy must not know what it is used by. */
record QuirkThatKnowsBranches(XaXid xid) {}
