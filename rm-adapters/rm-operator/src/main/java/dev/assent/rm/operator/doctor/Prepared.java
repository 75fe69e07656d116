package dev.assent.rm.operator.doctor;

/**
 * A row of {@code pg_prepared_xacts}.
 *
 * @param xidAge how many transaction ids were used up since; what died after it cannot be cleaned up by VACUUM
 */
public record Prepared(
        String xid, String gid, String preparedAt, long seconds, String owner, String database, long xidAge) {}
