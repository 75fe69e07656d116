/**
 * One coordinator node as a process: its configuration, its parts put together, its command.
 *
 * <p>A node is a transaction engine that stands for the cluster's shards, a listener for services, and by default a
 * server of the znode store in the same JVM. The engine reaches the store through the ZooKeeper protocol only, so an
 * existing ensemble serves as well.
 */
@NullMarked
package dev.assent.tx.node;

import org.jspecify.annotations.NullMarked;
