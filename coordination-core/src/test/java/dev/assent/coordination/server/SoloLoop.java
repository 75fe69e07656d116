package dev.assent.coordination.server;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.replica.ReplicaLoop;
import dev.assent.coordination.replica.StateMachine;
import dev.assent.coordination.zab.Role;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An ensemble of one without disk or network: what is proposed is committed at once, a task later. */
final class SoloLoop implements ReplicaLoop, AutoCloseable {
    private static final int TICK_MILLIS = 10;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private @Nullable StateMachine machine;
    private final Queue<Payload> underWay = new ArrayDeque<>();
    private Zxid last = Zxid.ZERO;
    private final ScheduledFuture<?> ticking =
            thread.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);

    private void tick() {
        StateMachine ticked = machine;
        if (ticked != null) {
            ticked.ticked();
        }
    }

    /** It does what it is given, but nothing by itself any more: no reports of who lives, say. On return that is so. */
    void stopTicking() {
        ticking.cancel(false);
        CompletableFuture.runAsync(() -> {}, thread).join();
    }

    void lead(StateMachine led, ServerId self, Epoch epoch) {
        execute(() -> {
            machine = led;
            while (!underWay.isEmpty()) {
                commitNext();
            }
            last = Zxid.startOf(epoch);
            led.roleChanged(Role.LEADING, epoch, Optional.of(self), true);
        });
    }

    /** Nobody leads until {@link #lead}; what is under way commits nevertheless, or is lost. */
    void lose(StateMachine led, Epoch epoch, boolean losing) {
        execute(() -> {
            if (losing) {
                underWay.clear();
            }
            led.roleChanged(Role.LOOKING, epoch, Optional.empty(), false);
        });
    }

    @Override
    public void propose(Payload txn) {
        underWay.add(txn);
        execute(this::commitNext);
    }

    private void commitNext() {
        StateMachine applying = machine;
        Payload next = underWay.poll();
        if (applying != null && next != null) {
            last = last.next();
            applying.committed(last, next);
        }
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public void send(ServerId to, Payload message) {
        throw new IllegalStateException("there is nobody else: " + to);
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public void close() {
        ticking.cancel(false);
        thread.shutdownNow();
    }
}
