package dev.assent.outbox.lease;

import dev.assent.store.OpenedWhenNeeded;
import dev.assent.store.SetAside;
import dev.assent.store.StoreSession;
import dev.assent.store.audit.AuditLog;
import dev.assent.store.audit.ZnodeAuditLog;
import dev.assent.time.Clock;
import java.io.IOException;
import java.util.List;

/** What operators did about a relay's outbox, in the store of its leases. Thread-safe. */
public final class RelayAudit implements AutoCloseable {
    private final OpenedWhenNeeded<StoreSession> store;
    private final Clock clock;

    public RelayAudit(LeaseSettings settings, Clock clock) {
        this.clock = clock;
        this.store = new OpenedWhenNeeded<>(
                () -> StoreSession.open(OpenedWhenNeeded.patient(settings.store())), StoreSession::close, clock);
    }

    /** Who does what to what, and why. */
    public record Deed(String operator, String action, String subject, String reason) {}

    /** A deed, when, and what came of it. */
    public record Kept(long epochMillis, Deed deed, String result) {}

    /** Durable when it returns; to be called before a deed is done. */
    public void intended(Deed deed) throws IOException {
        ended(deed, AuditLog.Entry.INTENDED);
    }

    /** And after it. */
    public void ended(Deed deed, String result) throws IOException {
        log().keep(new AuditLog.Entry(
                clock.epochMillis(), deed.operator(), deed.action(), deed.subject(), deed.reason(), result));
    }

    /** The latest, oldest of them first. */
    public List<Kept> latest(int count) throws IOException {
        return log().latest(count).stream()
                .map(entry -> new Kept(
                        entry.epochMillis(),
                        new Deed(entry.operator(), entry.action(), entry.subject(), entry.reason()),
                        entry.result()))
                .toList();
    }

    private AuditLog log() throws IOException {
        return new ZnodeAuditLog(store.get(), new SetAside());
    }

    @Override
    public void close() {
        store.close();
    }
}
