package dev.assent.tx.node;

import dev.assent.admin.Act;
import dev.assent.admin.Action;
import dev.assent.admin.AdminSource;
import dev.assent.admin.view.Audit;
import dev.assent.admin.view.AuditEntry;
import dev.assent.admin.view.Backlog;
import dev.assent.admin.view.DeadLetter;
import dev.assent.admin.view.DeadLetters;
import dev.assent.admin.view.InDoubt;
import dev.assent.admin.view.InDoubtDatabase;
import dev.assent.admin.view.ItemResult;
import dev.assent.admin.view.Members;
import dev.assent.admin.view.Outbox;
import dev.assent.admin.view.OutboxShard;
import dev.assent.admin.view.Parked;
import dev.assent.admin.view.Prepared;
import dev.assent.admin.view.StoreServer;
import dev.assent.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A process with one prepared branch, that keeps a list of what it is told to do about it. Thread-safe. */
final class OrderedSource implements AdminSource {
    static final String TRANSACTION = "0192aabb";
    private static final String LETTER_OF_A_PARKED_KEY = "42";
    private final List<AuditEntry> entries = new CopyOnWriteArrayList<>();

    List<String> done() {
        return entries.stream()
                .map(entry -> entry.subject() + ": " + entry.reason())
                .toList();
    }

    @Override
    public String kind() {
        return "node";
    }

    @Override
    public String name() {
        return "ordered";
    }

    @Override
    public Optional<String> obstacle() {
        return Optional.empty();
    }

    @Override
    public InDoubt inDoubt() {
        Prepared branch = new Prepared(
                "1_AZIAu7s=_AQ==",
                "Assent",
                Optional.of(TRANSACTION),
                "orders",
                "shop",
                4_000,
                Optional.empty(),
                Prepared.State.UNDECIDED,
                "recovery rolls it back",
                true,
                List.of(),
                List.of(),
                0);
        return new InDoubt(
                List.of(new InDoubtDatabase("orders", Optional.empty(), now(), List.of(), List.of(branch))), List.of());
    }

    private static Instant now() {
        return Instant.ofEpochMilli(Clock.SYSTEM.epochMillis());
    }

    /** The leader of three, of which one does not follow. */
    @Override
    public Members members() {
        return new Members(
                List.of(),
                List.of(
                        server(1, true, StoreServer.Standing.IN_SYNC),
                        server(2, false, StoreServer.Standing.IN_SYNC),
                        server(3, false, StoreServer.Standing.MISSING)));
    }

    private static StoreServer server(long id, boolean leader, StoreServer.Standing standing) {
        return new StoreServer(id, "store-" + id + ".example:2888", false, leader, leader, Optional.of(standing));
    }

    @Override
    public Audit audit(int limit) {
        return new Audit(entries);
    }

    @Override
    public Map<Act, Action> actions() {
        return Map.of(
                Act.RESOLVE, this::resolve, Act.OUTBOX_RETRY, this::tried, Act.OUTBOX_REPLAY, this::appendedAgain);
    }

    private ItemResult tried(Action.Order order, String item) {
        return done(order, "retry", item, "it would be tried", "it was tried");
    }

    private ItemResult appendedAgain(Action.Order order, String item) {
        if (!order.dryRun() && item.equals(LETTER_OF_A_PARKED_KEY)) {
            return new ItemResult(item, ItemResult.Result.FAILED, List.of("its key is parked"));
        }
        return done(order, "replay", item, "it would be appended again", "it was appended again");
    }

    private ItemResult done(Action.Order order, String action, String item, String would, String did) {
        if (order.dryRun()) {
            return new ItemResult(item, ItemResult.Result.WOULD, List.of(would));
        }
        entries.add(0, new AuditEntry(now(), order.operator(), action, item, order.reason(), did));
        return new ItemResult(item, ItemResult.Result.DONE, List.of(did));
    }

    @Override
    public Outbox outbox() {
        return new Outbox(
                Optional.of("shop"),
                Optional.of("relay-1"),
                List.of(new OutboxShard(0, 3, "SERVING", 12_345, 3, 1, 2, Optional.of("customer-7 was refused"))),
                Optional.of(new Backlog(Optional.of(2L), Optional.of(300L), Optional.of(75L), Optional.empty(), now())),
                List.of(new Parked("customer-7", 0, 815, 4, "STOPPED", "the record is too large", now())));
    }

    @Override
    public DeadLetters deadLetters() {
        return new DeadLetters(
                List.of(letter(43, Optional.of(900L)), letter(42, Optional.empty()), letter(41, Optional.empty())),
                Optional.empty());
    }

    private static DeadLetter letter(long number, Optional<Long> replayedAs) {
        return new DeadLetter(
                number, "customer-" + number, "orders", "OrderPlaced", 5, "it was refused too often", replayedAs);
    }

    private ItemResult resolve(Action.Order order, String item) {
        if (order.dryRun()) {
            return new ItemResult(item, ItemResult.Result.WOULD, List.of("it would be rolled back"));
        }
        entries.add(new AuditEntry(now(), order.operator(), "resolve", item, order.reason(), "ABORT: told to all"));
        return new ItemResult(item, ItemResult.Result.DONE, List.of("it was rolled back"));
    }
}
