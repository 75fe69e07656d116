package dev.assent.rm.operator.board;

import dev.assent.admin.PreparedReader;
import dev.assent.admin.view.InDoubtDatabase;
import dev.assent.admin.view.Lock;
import dev.assent.admin.view.Prepared;
import dev.assent.admin.view.Waiter;
import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.rm.operator.doctor.Diagnosis;
import dev.assent.rm.operator.doctor.Finding;
import dev.assent.rm.operator.doctor.Origin;
import dev.assent.rm.operator.doctor.Origins;
import dev.assent.rm.operator.doctor.PostgresReading;
import dev.assent.rm.operator.doctor.Waiting;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads a PostgreSQL for the board. Thread-safe; found as a service. */
public final class PostgresBoard implements PreparedReader {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Of one database; the oldest come first. */
    private static final int SHOWN_MAX = 1_000;

    private static final int QUERY_CHARS_MAX = 300;

    @Override
    public boolean reads(String url) {
        return url.startsWith("jdbc:postgresql:");
    }

    @Override
    public Optional<String> transaction(String gid) {
        return ours(gid).map(GlobalTxId::toHex);
    }

    private static Optional<GlobalTxId> ours(String gid) {
        return Origins.of(gid) instanceof Origin.Ours ours ? Optional.of(ours.transaction()) : Optional.empty();
    }

    @Override
    public InDoubtDatabase read(Database database, Decisions decisions) {
        try {
            return shown(database, diagnosis(database), decisions);
        } catch (SQLException | IllegalArgumentException refused) {
            return new InDoubtDatabase(
                    database.name(),
                    Optional.of(String.valueOf(refused.getMessage())),
                    Instant.ofEpochMilli(Clock.SYSTEM.epochMillis()),
                    List.of(),
                    List.of());
        }
    }

    /** The connection is gone before the store is asked, which may take long. */
    private static Diagnosis diagnosis(Database database) throws SQLException {
        DatabaseAddress address = new DatabaseAddress(database.url(), database.user(), database.password(), PATIENCE);
        try (Connection connection = address.readOnly()) {
            return PostgresReading.read(connection);
        }
    }

    private static InDoubtDatabase shown(Database database, Diagnosis diagnosis, Decisions decisions) {
        return new InDoubtDatabase(
                database.name(),
                Optional.empty(),
                Instant.ofEpochMilli(Clock.SYSTEM.epochMillis()),
                diagnosis.notes(),
                diagnosis.findings().stream()
                        .limit(SHOWN_MAX)
                        .map(finding -> prepared(finding, decisions))
                        .toList());
    }

    private static Prepared prepared(Finding finding, Decisions decisions) {
        Optional<GlobalTxId> ours = ours(finding.prepared().gid());
        Prepared.State state = ours.map(id -> decisions.of(id.toHex())).orElse(Prepared.State.FOREIGN);
        return new Prepared(
                finding.prepared().gid(),
                madeBy(finding.origin()),
                ours.map(GlobalTxId::toHex),
                finding.prepared().database(),
                finding.prepared().owner(),
                finding.prepared().seconds(),
                ours.map(id -> Instant.ofEpochMilli(id.deadlineEpochMillis())),
                state,
                next(state),
                finding.pinsHorizon(),
                finding.locks().stream()
                        .map(lock -> new Lock(lock.shown(), lock.mode()))
                        .toList(),
                finding.waiters().stream().map(PostgresBoard::waiter).toList(),
                finding.behind().size());
    }

    private static String madeBy(Origin origin) {
        return origin instanceof Origin.Ours ? "Assent" : origin.getClass().getSimpleName();
    }

    private static Waiter waiter(Waiting session) {
        String query = session.query();
        return new Waiter(
                session.pid(),
                session.user(),
                session.application(),
                session.seconds(),
                query.length() > QUERY_CHARS_MAX ? query.substring(0, QUERY_CHARS_MAX) + "..." : query,
                session.wants().shown() + " " + session.wants().mode());
    }

    private static String next(Prepared.State state) {
        return switch (state) {
            case COMMIT -> "it is committed as soon as its coordinator, or recovery, reaches the database";
            case ABORT -> "it is rolled back as soon as its coordinator, or recovery, reaches the database";
            case UNDECIDED ->
                "its coordinator may still decide; past its deadline, or once its epoch is over, recovery rolls it back"
                        + " unless it was decided elsewhere";
            case UNREADABLE -> "the store could not say what is decided: it stays as it is until it can";
            case FOREIGN -> "another transaction manager's: only that one knows";
        };
    }
}
