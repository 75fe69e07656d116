package dev.assent.admin.view;

import java.util.Optional;

/** A server of the znode store. */
public record ServerStatus(
        long id,
        String mode,
        boolean serving,
        Optional<Long> leader,
        long epoch,
        String zxid,
        String clientAddress,
        long connections,
        long sessions,
        long znodes,
        long watches,
        long outstandingRequests) {}
