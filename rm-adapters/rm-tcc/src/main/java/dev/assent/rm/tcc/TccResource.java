package dev.assent.rm.tcc;

import dev.assent.event.Lane;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service's database as the home of try-confirm-cancel branches: PostgreSQL, with the fence table in it, which
 * {@link #open} makes. No prepared transactions are needed. Thread-safe.
 *
 * <p>Every process of the service opens it under the same name, names the same participants, and then lets it take part
 * ({@link #takePart}): any of them confirms and cancels what another one has tried.
 */
public final class TccResource implements ResourceManager {
    private static final Logger LOG = LoggerFactory.getLogger(TccResource.class);
    private static final Duration PURGE_EVERY = Duration.ofMinutes(1);
    private static final int PURGES_MAX = 20;

    private final String name;
    private final DataSource source;
    private final TccLimits limits;
    private final Clock clock;
    private final LocalTransactions local;
    private final FenceTable fence;
    private final Bulkhead bulkhead;
    private final TccEnder ender;
    private final Map<String, TccParticipant<?>> participants = new ConcurrentHashMap<>();
    private final AtomicLong purgedNanos;
    private volatile @Nullable Enlisting transactions;

    private TccResource(String name, DataSource source, TccLimits limits, Clock clock) {
        this.name = new ResourceName(name).text();
        this.source = source;
        this.limits = limits;
        this.clock = clock;
        this.local = new LocalTransactions(source, limits.silence());
        this.fence = new FenceTable(limits.retention());
        this.bulkhead = new Bulkhead(name, Bulkhead.Limits.DEFAULT);
        this.ender = new TccEnder(this, bulkhead, new Complaints(name, clock));
        this.purgedNanos = new AtomicLong(clock.nanos());
    }

    /**
     * Opens it, and makes the fence table if it is not there.
     *
     * @param name for recovery: the same in every process, 1 to 64 of [A-Za-z0-9._-], and not that of an XA resource
     * @param source of the service's own database; its connections may take part in transactions by themselves or not
     * @throws SQLException the database cannot be reached, or the table cannot be made
     */
    public static TccResource open(String name, DataSource source) throws SQLException {
        return open(name, source, TccLimits.DEFAULT);
    }

    /** The same with other limits. */
    public static TccResource open(String name, DataSource source, TccLimits limits) throws SQLException {
        return open(name, source, limits, Clock.SYSTEM);
    }

    static TccResource open(String name, DataSource source, TccLimits limits, Clock clock) throws SQLException {
        TccResource resource = new TccResource(name, source, limits, clock);
        try {
            if (resource.local.run(connection -> {
                resource.fence.migrate(connection);
                return resource.fence.commitsAsynchronously(connection);
            })) {
                resource.local.commitsAsynchronously();
            }
        } catch (LocalFailure failed) {
            throw new SQLException(
                    "resource " + name + " cannot keep try-confirm-cancel branches: " + failed.getMessage()
                            + ". It takes a PostgreSQL database and a user who may create the table assent_tcc_fence, or"
                            + " finds it there",
                    failed);
        }
        return resource;
    }

    /**
     * Names what can be tried here. All processes of the service name the same.
     *
     * @param participant 1 to 64 of [A-Za-z0-9._-]; it is in the rows, so it stays when classes and methods are renamed
     * @throws IllegalStateException the name is taken
     */
    public <A> TccParticipant<A> participant(String participant, ArgumentCodec<A> codec, TccAction<A> action) {
        TccParticipant<A> made = new TccParticipant<>(this, new ResourceName(participant).text(), codec, action);
        if (participants.putIfAbsent(participant, made) != null) {
            throw new IllegalStateException("resource " + name + " has a participant \"" + participant
                    + "\" already: each has a name of its own");
        }
        return made;
    }

    /** From now on tries belong to {@code transactions}, and branches left by others are ended by this process too. */
    public void takePart(AssentTransactions in) {
        takePart(in, in::outside);
    }

    /** The same where more than our own transaction is to be put away for the time of a try. */
    public void takePart(AssentTransactions in, Outside outside) {
        transactions = Enlisting.ofThread(in, outside);
        in.register(this);
    }

    /** Where its local transactions are. */
    public DataSource dataSource() {
        return source;
    }

    Enlisting ofThread() {
        Enlisting known = transactions;
        if (known == null) {
            throw new IllegalStateException("resource " + name + " takes no part in transactions yet: call takePart");
        }
        return known;
    }

    TccBranch branch() {
        return new TccBranch(name, ender);
    }

    TccLimits limits() {
        return limits;
    }

    LocalTransactions local() {
        return local;
    }

    FenceTable fence() {
        return fence;
    }

    TccParticipant<?> named(String participant) throws IOException {
        TccParticipant<?> known = participants.get(participant);
        if (known == null) {
            throw new IOException("no participant \"" + participant + "\" is named in this process; it has "
                    + participants.keySet() + ". One that does will end the branch");
        }
        return known;
    }

    @Override
    public Optional<Lane> lane() {
        return Optional.of(bulkhead);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt() {
        purgeNowAndThen();
        return bulkhead.ask(() -> asked(() -> local.run(fence::tried)));
    }

    @Override
    public CompletionStage<Optional<ResourceIdentity>> identity() {
        return bulkhead.ask(() -> asked(() -> local.run(fence::identity)).map(ResourceIdentity::new));
    }

    private interface Question<T> {
        T ask() throws LocalFailure;
    }

    private <T> T asked(Question<T> question) throws IOException {
        try {
            return question.ask();
        } catch (LocalFailure failed) {
            throw new IOException("resource " + name + " cannot be asked: " + failed.getMessage(), failed);
        }
    }

    @Override
    public String localName(BranchId branch) {
        return "in assent_tcc_fence as " + FenceTable.key(branch);
    }

    @Override
    public Participant recoverer() {
        return ender;
    }

    /** Whoever scans also forgets, once in a while. */
    private void purgeNowAndThen() {
        long last = purgedNanos.get();
        long now = clock.nanos();
        if (now - last >= PURGE_EVERY.toNanos()
                && purgedNanos.compareAndSet(last, now)
                && !bulkhead.offer(this::purge)) {
            LOG.debug("ended branches in {} are forgotten later", name);
        }
    }

    private void purge() {
        try {
            int batches = 0;
            while (local.run(connection -> fence.purge(connection, limits.purgedMax())) == limits.purgedMax()
                    && ++batches < PURGES_MAX) {
                LOG.trace("{} forgets more", name);
            }
        } catch (LocalFailure failed) {
            LOG.debug("ended branches in {} are forgotten later", name, failed);
        }
    }
}
