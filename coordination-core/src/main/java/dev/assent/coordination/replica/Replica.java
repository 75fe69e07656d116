package dev.assent.coordination.replica;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.spi.PeerTransport;
import dev.assent.coordination.zab.Input;
import dev.assent.coordination.zab.LearnerStanding;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.ZabPeer;
import dev.assent.invariants.Invariants;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running member: a loop thread for the network between members, the protocol and the application, and a thread
 * that writes the log.
 *
 * <p>The loop drains its inbox, events before tasks, and after each drain, or a tick at the latest, hands all writes to
 * the log writer and flushes all messages, once; then it runs the transport, and waits in there when there is nothing to
 * do. Neither ticks nor messages of others ever wait for the disk, except that one who follows is read no further when
 * too much waits for its disk. The first
 * broken invariant or failed write ends everything: nothing is acknowledged after it, and
 * {@link ReplicaConfig#onFatal} is told.
 */
public final class Replica implements ReplicaLoop, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    /** How long a disk that does not answer can hold up {@link #close}. */
    static final long STOP_MILLIS_MAX = 3_000;
    /** Between two looks at a disk that did not answer in that time. */
    private static final long LONG_MILLIS = 600_000;

    /** Events or tasks between two looks at the clock. */
    private static final int CLOCK_EVERY = 16;

    private final ReplicaConfig config;
    private final ReplicaContext surroundings;
    private final Inbox inbox;
    private final LogWriter writer;
    private final SnapshotWork work;
    private final PeerDriver driver;
    private final Recovery recovery;
    private final Thread thread;
    private final CompletableFuture<Void> restored = new CompletableFuture<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ArrayDeque<Runnable> ownTasks = new ArrayDeque<>();
    private final ArrayDeque<Credit> heldCredits = new ArrayDeque<>();
    private final BackPressure backPressure;
    private volatile boolean stopping;
    private volatile long stoppedMillis;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Bytes of a link that were dealt with, which the transport is not told yet because the disk is behind. */
    private record Credit(ServerId from, long generation, int bytes) {}

    private Replica(
            ReplicaConfig config,
            ReplicaContext surroundings,
            Recovery recovery,
            Function<? super ReplicaLoop, ? extends StateMachine> application) {
        String name = "assent-" + config.zab().self();
        this.config = config;
        this.surroundings = surroundings;
        this.recovery = recovery;
        this.backPressure = new BackPressure(config.zab().self());
        this.inbox = new Inbox(config.limits().tasksMax(), surroundings.transport());
        this.writer = new LogWriter(name + "-log", surroundings, this::written, this::fail);
        this.work = new SnapshotWork(
                name + "-snapshot", surroundings, config.snapshots().kept(), this::fail);
        this.thread = surroundings.transport().thread(name, this::run);
        ZabPeer peer = new ZabPeer(config.zab(), recovery.recovered());
        this.driver = new PeerDriver(config, surroundings, peer, application.apply(this), work, writer, inbox);
    }

    /**
     * Recovers from disk, restores the application, and joins the ensemble. Returns before there is a leader.
     *
     * @param application makes the state machine; the loop it is given may be used once this method has returned
     * @throws IOException if the disk is damaged or the transport cannot be started; nothing runs then, and the
     *     transport is closed
     */
    public static Replica start(
            ReplicaConfig config,
            ReplicaContext surroundings,
            Function<? super ReplicaLoop, ? extends StateMachine> application)
            throws IOException {
        @Nullable Replica replica = null;
        try {
            replica = new Replica(config, surroundings, Recovery.of(surroundings), application);
            replica.writer.start();
            replica.thread.start();
            replica.restored.join();
            surroundings.transport().start(replica.new Listener());
            return replica;
        } catch (IOException | RuntimeException e) {
            if (replica != null) {
                replica.close();
            }
            surroundings.transport().close();
            throw failed(e, replica);
        }
    }

    /** What ended the loop is the cause, if it has ended: the start then failed because nothing ran the transport. */
    private static IOException failed(Exception e, @Nullable Replica replica) {
        if (replica != null && replica.restored.isDone() && !replica.restored.isCompletedExceptionally()) {
            Throwable fatal = replica.failure.get();
            if (fatal != null) {
                return new IOException("the replica could not go on: " + fatal.getMessage(), fatal);
            }
        }
        if (e instanceof CompletionException && e.getCause() != null) {
            return new IOException("the application could not be restored", e.getCause());
        }
        return e instanceof IOException io ? io : new IOException("the replica could not be started", e);
    }

    @Override
    public void execute(Runnable task) {
        if (Thread.currentThread() == thread) {
            ownTasks.add(task);
        } else {
            inbox.submit(task);
        }
    }

    @Override
    public void propose(Payload txn) {
        checkOnLoop();
        driver.propose(txn);
    }

    @Override
    public boolean hasRoom() {
        return driver.hasRoom();
    }

    @Override
    public void send(ServerId to, Payload message) {
        checkOnLoop();
        driver.send(to, message);
    }

    @Override
    public void hurry(ServerId member) {
        checkOnLoop();
        driver.hurry(member);
    }

    private void checkOnLoop() {
        Invariants.check(Thread.currentThread() == thread, "the loop was used from thread %s", Thread.currentThread());
    }

    /** Counters, from any thread; each is right, though not all of the same moment. */
    public ReplicaMetrics metrics() {
        return new ReplicaMetrics(
                driver.proposed(), driver.delivered(), driver.snapshotsStored(), inbox.queuedTasks(), writer.metrics());
    }

    /** Who follows this server, as it stood a tick ago at most; nobody if it does not lead. From any thread. */
    public List<LearnerStanding> learners() {
        return driver.learners();
    }

    /** How long ago the loop last went round, in milliseconds. From any thread. */
    public long silentMillis() {
        return now() - driver.aliveMillis();
    }

    /**
     * Stops, without farewell to the others; returns when every thread has ended and everything handed to the log is
     * durable, or after some {@value #STOP_MILLIS_MAX} ms if the disk does not answer: what it has not made durable was
     * not acknowledged. A snapshot that is being written is abandoned. Tasks still queued are not run. On the loop's
     * own thread it only begins to stop.
     */
    @Override
    public void close() {
        stoppedMillis = now();
        stopping = true;
        inbox.close();
        inbox.post(() -> {});
        if (Thread.currentThread() != thread) {
            boolean over = Threads.join(thread, 3 * STOP_MILLIS_MAX);
            if (!over) {
                LOG.warn(
                        "{} stops while it reads a snapshot, which is given up",
                        config.zab().self());
            }
        }
    }

    /**
     * Completes, once it was told to stop, when none of its threads runs any more: only then may its owner close log and
     * directories. Long after {@link #close} if the disk does not answer; never if it never does.
     */
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    // From here on: the loop's thread

    private void run() {
        try {
            if (recovery.snapshot().isPresent()) {
                driver.restore(recovery.snapshot().get());
            }
            restored.complete(null);
            loop();
        } catch (IOException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
        end();
    }

    private void loop() throws IOException {
        PeerTime time = new PeerTime(config.tickMillis(), now());
        driver.tell(new Input.Ticked(time.advance(now())));
        while (!stopping) {
            turn(time);
        }
    }

    /** A method of its own, because the compilers look at what is called often before they look into long loops. */
    private void turn(PeerTime time) throws IOException {
        driver.alive();
        boolean more = drainEvents(time);
        more |= drainTasks(time);
        long now = now();
        if (time.isDue(now)) {
            driver.tell(new Input.Ticked(time.advance(now)));
            driver.tick();
            backPressure.observe(driver.hasRoom(), driver.isDiskBehind(), driver.unwrittenBytes(), now);
        }
        driver.handOn();
        returnCredits();
        boolean idle = !more && (ownTasks.isEmpty() || !driver.hasRoom());
        inbox.await(idle ? TimeUnit.MILLISECONDS.toNanos(millisUntilDue(time)) : 0, driver.hasRoom());
    }

    private long millisUntilDue(PeerTime time) {
        long now = now();
        return Math.min(time.millisUntilDue(now), driver.millisUntilDue(now));
    }

    private long now() {
        return surroundings.clock().monotonicMillis();
    }

    /** @return whether there may be more; what takes longer than a tick is interrupted for it */
    private boolean drainEvents(PeerTime time) throws IOException {
        for (int i = 0; i < config.limits().drainMax() && !isTickDue(time, i); i++) {
            Runnable event = inbox.pollEvent();
            if (event == null) {
                return false;
            }
            event.run();
            driver.tellAsked();
            rethrowFailure();
        }
        return true;
    }

    private boolean isTickDue(PeerTime time, int done) {
        return done % CLOCK_EVERY == CLOCK_EVERY - 1 && time.isDue(now());
    }

    private boolean drainTasks(PeerTime time) throws IOException {
        for (int i = 0; i < config.limits().drainMax() && !isTickDue(time, i); i++) {
            if (!driver.hasRoom()) {
                return false;
            }
            Runnable task = ownTasks.isEmpty() ? inbox.pollTask() : ownTasks.poll();
            if (task == null) {
                return false;
            }
            task.run();
            driver.tellAsked();
        }
        return true;
    }

    private void rethrowFailure() throws IOException {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IOException("the replica cannot go on", cause);
        }
    }

    private void tell(Input input) {
        try {
            driver.tell(input);
        } catch (IOException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void received(Input.Received input, int bytes) {
        tell(input);
        heldCredits.add(new Credit(input.from(), input.generation(), bytes));
    }

    /** A leader goes on listening: it hears acknowledgements, and who lives, on the same links. */
    private void returnCredits() {
        if (!driver.isDiskBehind() || driver.isLeader()) {
            for (Credit credit = heldCredits.poll(); credit != null; credit = heldCredits.poll()) {
                surroundings.transport().processed(credit.from(), credit.generation(), credit.bytes());
            }
        }
    }

    /** What failed is told before anything is cleaned up: that can fail too, or never end. */
    private void end() {
        stopping = true;
        inbox.close();
        boolean told = tellFatal();
        List<Runnable> steps = List.of(driver::close, work::abandon, surroundings.transport()::close, this::awaitDisk);
        for (Runnable step : steps) {
            attempt(step);
        }
        if (!told) {
            told = tellFatal();
        }
        LOG.debug("{} has ended, {}", config.zab().self(), told ? "of a failure" : "as it was told to");
    }

    private void awaitDisk() {
        long deadline = now() + STOP_MILLIS_MAX;
        boolean written = writer.stop(STOP_MILLIS_MAX);
        if (work.awaitEnd(Math.max(1, deadline - now())) && written) {
            ended.complete(null);
            return;
        }
        LOG.warn(
                "{} did not wait any longer for its disk to answer; what it was writing was not acknowledged. Its"
                        + " directories stay locked until the disk answers or this process ends",
                config.zab().self());
        Thread waiting = new Thread(this::awaitDiskForever, thread.getName() + "-ending");
        waiting.setDaemon(true);
        waiting.start();
    }

    private void awaitDiskForever() {
        boolean over = false;
        while (!over) {
            over = writer.stop(LONG_MILLIS) && work.awaitEnd(LONG_MILLIS);
        }
        LOG.info(
                "{} has ended, {} ms after it was told to: its disk has answered",
                config.zab().self(),
                now() - stoppedMillis);
        ended.complete(null);
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            Throwable first = failure.get();
            if (!failure.compareAndSet(null, e) && first != null && first != e) {
                first.addSuppressed(e);
            }
        }
    }

    /** Whether there was something to tell; {@link #start} tells it while the start lasts. */
    private boolean tellFatal() {
        Throwable cause = failure.get();
        if (cause == null) {
            return false;
        }
        if (!restored.completeExceptionally(cause)) {
            attempt(() -> config.onFatal().accept(cause));
            attempt(() -> LOG.error(
                    "{} stopped ({}): nothing is acknowledged from here on",
                    config.zab().self(),
                    cause.toString()));
        }
        return true;
    }

    // From here on: other threads of the replica

    private void written(long token) {
        inbox.add(() -> tell(new Input.Written(token)));
        // In this order: the loop says first what it waits for, and then looks into its inbox.
        if (driver.awaitsDisk()) {
            inbox.wake();
        }
    }

    private void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
        inbox.post(() -> {});
    }

    private final class Listener implements PeerTransport.Listener {
        @Override
        public void connected(ServerId peer, long generation) {
            inbox.post(() -> tell(new Input.Connected(peer, generation)));
        }

        @Override
        public void disconnected(ServerId peer, long generation) {
            inbox.post(() -> tell(new Input.Disconnected(peer, generation)));
        }

        @Override
        public void received(ServerId from, long generation, PeerMessage message, int bytes) {
            inbox.post(() -> Replica.this.received(new Input.Received(from, generation, message), bytes));
        }
    }
}
