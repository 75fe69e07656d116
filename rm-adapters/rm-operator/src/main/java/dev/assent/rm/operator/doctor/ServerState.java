package dev.assent.rm.operator.doctor;

/**
 * What is to be known of the server as a whole.
 *
 * @param database the one this connection is in: only there can a transaction be ended
 * @param isStandby it shows no prepared transaction until it is promoted
 * @param oldestOtherXminAge of sessions and replication slots; -1 when there is none
 * @param freezeMaxAge the age at which autovacuum forces itself on every table
 */
public record ServerState(
        String version,
        String database,
        String user,
        boolean isStandby,
        int preparedMax,
        long oldestOtherXminAge,
        long freezeMaxAge) {}
