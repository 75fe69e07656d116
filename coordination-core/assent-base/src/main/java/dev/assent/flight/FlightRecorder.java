package dev.assent.flight;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.EventListener;
import dev.assent.event.EventSource;
import dev.assent.event.MemberEvent;
import dev.assent.event.OutboxEvent;
import dev.assent.event.RecoveryEvent;
import dev.assent.event.SessionEvent;
import dev.assent.event.ShardEvent;
import dev.assent.event.StepEvent;
import dev.assent.event.Subscription;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the transactions of one coordinator did, as long as they have not ended, and afterwards if they did not end
 * well. Hears on the stream's thread; a thread of its own makes lines of it and writes them. Thread-safe.
 *
 * <p>What ends well within {@link FlightLimits#flushMillis} is never written. Transactions that find no place are not kept
 * rather than older ones dropped: who is looked for is whoever hangs.
 */
public final class FlightRecorder implements EventListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlightRecorder.class);

    /** So many events at most had been waiting, or were in hand, when it was told that others were lost. */
    static final int BEHIND_MAX = 2 * EventSource.CAPACITY;

    /** For the last write; a disk that hangs holds up nobody longer. */
    private static final long CLOSE_MILLIS = 2_000;

    private final FlightLimits limits;
    private final Optional<FlightFiles> files;
    private final FlightProcess process;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread writer;
    /** By gtrid, the oldest first. Guarded by this, as is the rest. */
    private final Map<String, Kept> unfinished = new LinkedHashMap<>();

    private final Map<String, Kept> odd = new LinkedHashMap<>();
    private final Map<String, Kept> well = new LinkedHashMap<>();
    /** Those that ended well while they stood in the file as unfinished, until the file says so. */
    private final Map<String, Kept> parting = new LinkedHashMap<>();

    private long dropped;
    private long missed;
    /** As many were lost when it was told so last; and how many events heard since then may be older than the loss. */
    private long lost;

    private int doubtful;
    /** Of the writer's thread. */
    private boolean complained;

    private volatile Subscription subscription = () -> {};

    private FlightRecorder(FlightProcess process, Optional<FlightFiles> files, FlightLimits limits) {
        this.process = process;
        this.files = files;
        this.limits = limits;
        this.writer = new Thread(this::run, "assent-flight-recorder");
        writer.setDaemon(true);
    }

    /** Records in memory alone: what a {@code kill -9} leaves is nothing. */
    public static FlightRecorder inMemory(String name, EventSource source) {
        return start(FlightProcess.current(name, Clock.SYSTEM), Optional.empty(), source, FlightLimits.STANDARD);
    }

    /**
     * Records to files as well, which others may not read. Each process has a directory of its own.
     *
     * @param name what people call the process
     * @throws IOException the directory cannot be used; the message names it
     */
    public static FlightRecorder start(String name, Path directory, EventSource source) throws IOException {
        return start(name, directory, source, FlightLimits.STANDARD);
    }

    /** The same with other limits. */
    static FlightRecorder start(String name, Path directory, EventSource source, FlightLimits limits)
            throws IOException {
        FlightProcess process = FlightProcess.current(name, Clock.SYSTEM);
        return start(process, Optional.of(FlightFiles.open(directory, process, limits)), source, limits);
    }

    private static FlightRecorder start(
            FlightProcess process, Optional<FlightFiles> files, EventSource source, FlightLimits limits) {
        FlightRecorder recorder = new FlightRecorder(process, files, limits);
        recorder.subscription = source.subscribe("assent-flight-hearing", EventSource.CAPACITY, recorder);
        recorder.writer.start();
        return recorder;
    }

    @Override
    public boolean wantsSteps() {
        return true;
    }

    @Override
    public synchronized void heard(Told told) {
        doubtful = Math.max(0, doubtful - 1);
        told.event().accept(new Sorting(told));
    }

    @Override
    public synchronized void missed(long events) {
        missed += events;
        lost = events;
        doubtful = BEHIND_MAX;
        unfinished.values().forEach(kept -> kept.missed(events));
    }

    /** What belongs to a transaction, and to which. */
    private final class Sorting implements Event.Handler {
        private final Told told;

        Sorting(Told told) {
            this.told = told;
        }

        @Override
        public void transaction(TransactionEvent event) {
            if (event instanceof TransactionEvent.Begun && !unfinished.containsKey(event.transaction())) {
                begin(event.transaction());
            }
            keep(event.transaction(), told);
        }

        @Override
        public void branch(BranchEvent event) {
            keep(event.transaction(), told);
        }

        @Override
        public void step(StepEvent event) {
            keep(event.transaction(), told);
        }

        @Override
        public void recovery(RecoveryEvent event) {
            if (event instanceof RecoveryEvent.BranchEnded end) {
                recovered(end.transaction(), told);
            }
        }

        @Override
        public void shard(ShardEvent event) {}

        @Override
        public void member(MemberEvent event) {}

        @Override
        public void session(SessionEvent event) {}

        @Override
        public void outbox(OutboxEvent event) {}
    }

    /** What was lost may have been the end of those that have a gap: they keep no place from others. */
    private void begin(String transaction) {
        if (unfinished.size() >= limits.transactionsMax()) {
            dropped++;
            Optional<String> oldest = unfinished.entrySet().stream()
                    .filter(entry -> entry.getValue().hasGap())
                    .map(Map.Entry::getKey)
                    .findFirst();
            if (oldest.isEmpty()) {
                return;
            }
            unfinished.remove(oldest.get());
        }
        Kept kept = new Kept(limits.eventsMax());
        if (doubtful > 0) {
            kept.missed(lost); // it may have begun before them, and wait for its turn to be heard
        }
        unfinished.put(transaction, kept);
    }

    private Optional<Kept> find(String transaction) {
        return Stream.of(unfinished, odd, well)
                .flatMap(among -> Stream.ofNullable(among.get(transaction)))
                .findFirst();
    }

    /** What comes of one that found no place, or has no place any more, is nobody's. */
    private void keep(String transaction, Told told) {
        find(transaction).ifPresent(kept -> {
            kept.heard(told);
            sort(transaction, kept);
        });
    }

    private void recovered(String transaction, Told told) {
        Kept kept = find(transaction).orElseGet(() -> new Kept(limits.eventsMax()));
        kept.heard(told);
        kept.touchedByRecovery();
        sort(transaction, kept);
    }

    /** Puts one that has ended where it belongs. */
    private void sort(String transaction, Kept kept) {
        if (!kept.hasEnded()) {
            return;
        }
        unfinished.remove(transaction);
        if (kept.isOdd()) {
            well.remove(transaction);
            odd.put(transaction, kept);
            if (odd.size() > limits.transactionsMax()) {
                dropOldest(odd);
            }
            return;
        }
        if (kept.isWritten()) {
            parting.put(transaction, kept);
        }
        well.put(transaction, kept);
        if (well.size() > limits.wellMax()) {
            Iterator<String> oldest = well.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private void dropOldest(Map<String, Kept> among) {
        Iterator<String> oldest = among.keySet().iterator();
        oldest.next();
        oldest.remove();
        dropped++;
    }

    private void run() {
        try {
            while (!closed.await(limits.flushMillis(), TimeUnit.MILLISECONDS)) {
                flushed(false);
            }
            flushed(true);
            files.ifPresent(FlightFiles::close);
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    /** The boundary of the writer's thread: what it fails over costs that flush. */
    private void flushed(boolean atOnce) {
        try {
            flush(atOnce);
        } catch (RuntimeException | Error fault) {
            if (!complained) {
                complained = true;
                LOG.error("the flight recorder failed; it goes on, and later failures are not told", fault);
            }
        }
    }

    /** Of the writer's thread: what waits for the disk holds no lock. */
    private void flush(boolean atOnce) {
        List<String> lines = fresh(atOnce);
        if (files.isEmpty()) {
            return;
        }
        FlightFiles to = files.get();
        if (!lines.isEmpty() && !to.append(lines)) {
            to.begin(everything());
        }
    }

    private synchronized List<String> fresh(boolean atOnce) {
        List<String> lines = new ArrayList<>();
        parting.values().removeIf(Kept::isTold);
        parting.forEach((transaction, kept) -> lines.addAll(kept.lines(transaction)));
        unfinished.forEach((transaction, kept) -> {
            if (kept.isSettled() || atOnce) {
                lines.addAll(kept.lines(transaction));
            }
        });
        odd.forEach((transaction, kept) -> lines.addAll(kept.lines(transaction)));
        while (bytes() > limits.bytesMax() && !odd.isEmpty()) {
            dropOldest(odd);
        }
        while (bytes() > limits.bytesMax()) {
            dropOldest(unfinished);
        }
        return lines;
    }

    private long bytes() {
        return unfinished.values().stream().mapToLong(Kept::bytes).sum()
                + odd.values().stream().mapToLong(Kept::bytes).sum();
    }

    private synchronized List<String> everything() {
        List<String> all = new ArrayList<>();
        parting.forEach((transaction, kept) -> all.addAll(kept.all(transaction)));
        unfinished.forEach((transaction, kept) -> all.addAll(kept.all(transaction)));
        odd.forEach((transaction, kept) -> all.addAll(kept.all(transaction)));
        return all;
    }

    /**
     * All that is kept of a transaction, here and of processes that wrote to the same directory before; empty if that is
     * nothing. Reads files.
     *
     * @param transaction the gtrid in hexadecimal
     * @throws IOException the files cannot be read
     */
    public Optional<FlightExport> export(String transaction) throws IOException {
        FlightExport export = FlightExport.of(transaction);
        if (files.isPresent()) {
            files.get().readFormer(transaction, export);
        }
        synchronized (this) {
            find(transaction).ifPresent(kept -> export.add(process.line(missed, dropped), kept.withAll(transaction)));
        }
        return export.isEmpty() ? Optional.empty() : Optional.of(export);
    }

    /** The files stay. Waits for the last write, for a moment. */
    @Override
    public void close() {
        subscription.close();
        closed.countDown();
        try {
            writer.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
