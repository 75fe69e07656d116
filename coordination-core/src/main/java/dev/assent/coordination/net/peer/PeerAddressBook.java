package dev.assent.coordination.net.peer;

import dev.assent.coordination.model.ServerId;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Where a member listens for other members. Asked before each dial, from any thread. */
@FunctionalInterface
public interface PeerAddressBook {

    /** The address, unresolved if it is a host name, so that it is looked up anew each time; empty if not yet known. */
    Optional<InetSocketAddress> addressOf(ServerId member);
}
