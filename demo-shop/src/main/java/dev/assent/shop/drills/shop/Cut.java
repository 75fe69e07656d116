package dev.assent.shop.drills.shop;

import dev.assent.shop.demo.parts.Auditor;
import dev.assent.shop.demo.parts.Detours;
import dev.assent.shop.demo.parts.KillTarget;
import dev.assent.shop.drills.plan.Moment;
import dev.assent.shop.platform.Pauses;
import dev.assent.shop.platform.TcpGate;
import dev.assent.tx.model.GlobalTxId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Holds a transaction at a moment of its life, by what its services say to their databases: the order service's branch is in
 * one server, the two others' in another, and the payment service's is the one that is held up alone.
 */
final class Cut {
    static final Duration MOMENT_PATIENCE = Duration.ofSeconds(20);

    private static final String LAST = "payment";
    private static final int BRANCHES = 3;
    private static final int GID_PARTS = 3;
    private static final long LOOK_MILLIS = 10;

    private final Detours detours;
    private final Auditor auditor;

    /**
     * A transaction that goes no further.
     *
     * @param gidPrefix what the names of all its branches begin with
     */
    record Caught(GlobalTxId transaction, String gidPrefix) {}

    Cut(Detours detours, Auditor auditor) {
        this.detours = detours;
        this.auditor = auditor;
    }

    /** Lets nothing pass that would lead beyond the moment; empty if no transaction came to it. */
    Optional<Caught> await(Moment moment) throws InterruptedException, SQLException {
        long prepared = hold(moment);
        long giveUpNanos = System.nanoTime() + MOMENT_PATIENCE.toNanos();
        while (System.nanoTime() - giveUpNanos < 0) {
            for (String statement : detours.toDatabaseOf(LAST).held()) {
                Optional<Caught> caught = caught(statement);
                if (caught.isPresent() && auditor.preparedOf(caught.get().gidPrefix()) == prepared) {
                    return caught;
                }
            }
            Pauses.pause(LOOK_MILLIS);
        }
        open();
        return Optional.empty();
    }

    /** How many of its branches are prepared in that moment. */
    private long hold(Moment moment) {
        return switch (moment) {
            case ANY -> throw new IllegalArgumentException("nothing is to be held");
            case AFTER_PREPARE -> {
                detours.toDatabaseOf(LAST).holdAnswers("PREPARE TRANSACTION");
                yield BRANCHES;
            }
            case AFTER_DECISION -> {
                gates().forEach(gate -> gate.holdRequests("COMMIT PREPARED"));
                yield BRANCHES;
            }
            case BETWEEN_COMMITS -> {
                detours.toDatabaseOf(LAST).holdRequests("COMMIT PREPARED");
                yield 1;
            }
        };
    }

    private static Optional<Caught> caught(String statement) {
        String gid = statement.substring(statement.indexOf('\'') + 1).replace("'", "");
        List<String> parts = List.of(gid.split("_", -1)); // as PostgreSQL's driver writes it
        if (parts.size() != GID_PARTS) {
            return Optional.empty();
        }
        GlobalTxId id = GlobalTxId.fromBytes(Base64.getMimeDecoder().decode(parts.get(1)));
        return Optional.of(new Caught(id, parts.get(0) + "_" + parts.get(1) + "_"));
    }

    private List<TcpGate> gates() {
        return KillTarget.SERVICES.stream().map(detours::toDatabaseOf).toList();
    }

    /** What was held never arrives: its connections end. Everything after it passes. */
    void drop() {
        gates().forEach(TcpGate::drop);
    }

    /** What was held arrives now. */
    void open() {
        gates().forEach(TcpGate::open);
    }
}
