package dev.assent.admin;

import dev.assent.admin.view.Audit;
import dev.assent.admin.view.DeadLetters;
import dev.assent.admin.view.DecisionSeen;
import dev.assent.admin.view.InDoubt;
import dev.assent.admin.view.Members;
import dev.assent.admin.view.NodeStatus;
import dev.assent.admin.view.Outbox;
import dev.assent.admin.view.RelayStatus;
import dev.assent.admin.view.SagaHistory;
import dev.assent.admin.view.Sagas;
import dev.assent.admin.view.ServerStatus;
import dev.assent.admin.view.Sessions;
import dev.assent.admin.view.Shards;
import dev.assent.admin.view.Znode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process, as its admin API shows it. What it has not, it says by default. Every method may be called by several threads at
 * a time, and is given up after {@link AdminServer#ANSWER_SECONDS_MAX} seconds.
 */
public interface AdminSource extends AutoCloseable {
    /** Znodes outside of it belong to others, who may keep secrets there. */
    String ROOT = "/assent";

    /** {@code node}, {@code server} or {@code relay}. */
    String kind();

    /** What people call it. */
    String name();

    /** Why it should be started again; empty while it goes round. Waits for nothing. */
    default Optional<String> ailment() {
        return Optional.empty();
    }

    /** Why no work should be given to it now; empty while it is ready. */
    Optional<String> obstacle();

    default Optional<NodeStatus> node() {
        return Optional.empty();
    }

    default Optional<ServerStatus> server() {
        return Optional.empty();
    }

    default Optional<RelayStatus> relay() {
        return Optional.empty();
    }

    /**
     * Who belongs to the cluster, and to its store.
     *
     * @throws IOException the store cannot be asked
     */
    default Members members() throws IOException {
        return new Members(List.of(), List.of());
    }

    /**
     * Who leads what.
     *
     * @throws IOException the store cannot be asked
     */
    default Shards shards() throws IOException {
        return new Shards(0, List.of());
    }

    /** What cannot be asked says so itself. */
    default InDoubt inDoubt() {
        return new InDoubt(List.of(), List.of());
    }

    /** What cannot be asked says so itself. */
    default Outbox outbox() {
        return new Outbox(Optional.empty(), Optional.empty(), List.of(), Optional.empty(), List.of());
    }

    /** What cannot be asked says so itself. */
    default DeadLetters deadLetters() {
        return new DeadLetters(List.of(), Optional.empty());
    }

    /** The sessions of the store, as the server in this process knows them. */
    default Sessions sessions() {
        return new Sessions(0, List.of());
    }

    /**
     * What operators did, the latest first, so many of them.
     *
     * @throws IOException the store cannot be asked
     */
    default Audit audit(int limit) throws IOException {
        return new Audit(List.of());
    }

    /**
     * A znode at or below {@link #ROOT}; empty if there is none, or none is shown.
     *
     * @param after the last child that was seen already
     * @param limit so many children
     * @throws IllegalArgumentException the path is none, or one of those that are not shown
     * @throws IOException the store cannot be asked
     */
    default Optional<Znode> znode(String path, Optional<String> after, int limit) throws IOException {
        return Optional.empty();
    }

    /**
     * Sagas of the cluster.
     *
     * @param status of those that are wanted; empty: those that have not ended
     * @param after the {@code next} of another answer
     * @param limit so many at most
     * @throws IllegalArgumentException there is no such status, or that is no saga's id
     * @throws IOException the store cannot be asked
     */
    default Sagas sagas(Optional<String> status, Optional<String> after, int limit) throws IOException {
        return new Sagas(List.of(), true, Optional.empty(), 0);
    }

    /**
     * One of them with its log; empty if there is none, or not any more.
     *
     * @throws IllegalArgumentException that is no saga's id
     * @throws IOException the store cannot be asked
     */
    default Optional<SagaHistory> saga(String id) throws IOException {
        return Optional.empty();
    }

    /** What an operator can have it do. */
    default Map<Act, Action> actions() {
        return Map.of();
    }

    /**
     * The gtrid, in hexadecimal, that is meant: by itself, or by a token or a gid.
     *
     * @throws IllegalArgumentException no transaction is called so; the message says why
     */
    default String transactionNamed(String id) {
        return id;
    }

    /**
     * The recording of a transaction, as {@code ./assent simulate tx --replay} takes it; empty if there is none here.
     *
     * @param transaction the gtrid in hexadecimal
     * @throws IOException what was recorded cannot be read
     */
    default Optional<String> export(String transaction) throws IOException {
        return Optional.empty();
    }

    /**
     * Where the decision of a transaction stands; empty if this process does not look. A store that cannot be asked is told
     * in it.
     *
     * @param transaction the gtrid in hexadecimal
     */
    default Optional<DecisionSeen> decision(String transaction) {
        return Optional.empty();
    }

    /** Completes what the gtrid itself tells of a transaction. */
    default Named named(String transaction) {
        return Named.UNKNOWN;
    }

    /** Closed with the server that shows it. */
    @Override
    default void close() {}

    /** What a gtrid tells. */
    record Named(Optional<String> token, Optional<String> protocol, Optional<Integer> shard) {
        public static final Named UNKNOWN = new Named(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
