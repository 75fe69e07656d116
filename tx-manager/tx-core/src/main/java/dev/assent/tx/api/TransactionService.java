package dev.assent.tx.api;

import dev.assent.event.EventSource;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.ResourceManager;
import java.time.Duration;

/** Where global transactions come from. Thread-safe; one a process is enough. */
public interface TransactionService extends AutoCloseable {

    /**
     * Makes a resource known for recovery, here and (remote mode) to the coordinator. Do it before the first branch
     * is enlisted. Registering the same name again replaces the earlier one.
     *
     * @throws IllegalStateException the resource cannot take part; the message names the remedy
     */
    void register(ResourceManager resource);

    /**
     * Takes a registration back: no new branch is made under that name here, and this process no longer stands for the
     * recovery of it. Branches under way go on to their end. A name that is not registered changes nothing.
     */
    void deregister(String resourceManager);

    /**
     * Begins a transaction that must end within {@code timeout}.
     *
     * @throws TransactionServiceException no coordinator could be reached, or it refused; nothing was begun
     */
    GlobalTransaction begin(Duration timeout);

    /**
     * The same by that protocol, whatever the default is.
     *
     * @throws TransactionServiceException this service cannot begin such; the message names the remedy
     */
    default GlobalTransaction begin(Duration timeout, Protocol protocol) {
        if (protocol == Protocol.TWO_PHASE) {
            return begin(timeout);
        }
        throw new TransactionServiceException(
                "three-phase commit needs coordinator nodes and services that keep an acceptor's log, and this service"
                        + " coordinates its transactions itself: connect it to coordinator nodes (remote mode)",
                false);
    }

    /**
     * Joins a transaction begun elsewhere, from the token its {@link GlobalTransaction#token()} gave.
     *
     * @throws TransactionServiceException the token is malformed, foreign, forged or expired, or this service is
     *     embedded and cannot be joined
     */
    GlobalTransaction join(String token);

    /** How a transaction ended, by its token; {@link Outcome.Unknown} while nobody can tell. */
    Outcome outcome(String token);

    /**
     * What this service stands on, and whether a decision could be written now. Blocks for {@code patience} at most; no
     * answer in that time is an obstacle.
     *
     * @param patience zero to ask nobody, and tell what is known
     */
    default ServiceStatus status(Duration patience) {
        return new ServiceStatus.Untold();
    }

    /** What happens to transactions, as this process sees it, for whoever shows or counts it. */
    default EventSource events() {
        return EventSource.NONE;
    }

    /** Ends what can be ended, then releases threads and connections. In-doubt branches are left to recovery. */
    @Override
    void close();
}
