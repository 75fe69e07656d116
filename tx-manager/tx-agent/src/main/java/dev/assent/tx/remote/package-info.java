/**
 * Global transactions over the network: what services and coordinator nodes say to each other, and both ends of it.
 *
 * <p>{@code remote.agent} is the service's end: it dials every node, follows the leaders, and carries out commands for
 * its branches. {@code remote.host} is the node's end: it offers the coordinator's engine over gRPC and shows agents
 * to it as ordinary participants and resources. This package holds what both share. Nothing here decides an outcome.
 */
@NullMarked
package dev.assent.tx.remote;

import org.jspecify.annotations.NullMarked;
