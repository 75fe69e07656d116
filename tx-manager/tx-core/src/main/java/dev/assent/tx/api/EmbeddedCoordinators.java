package dev.assent.tx.api;

import java.time.Duration;
import java.util.ServiceLoader;

/**
 * Starts coordinators in this process. It comes with an artifact of its own, {@code dev.assent:tx-coordinator}, which
 * brings the store's client, and is found as a service ({@link ServiceLoader}): who uses coordinator nodes has neither.
 */
public interface EmbeddedCoordinators {

    /**
     * How long transactions, their callers and leftovers of others may take.
     *
     * @param timeoutMax no transaction may be given longer
     * @param patience how long a commit waits for its resources before it answers with what is known
     * @param recoveryInterval how often leftovers of other coordinators are looked for
     */
    record Limits(Duration timeoutMax, Duration patience, Duration recoveryInterval) {}

    /**
     * Those on the class path.
     *
     * @throws IllegalStateException there are none; the message names the artifact
     */
    static EmbeddedCoordinators found() {
        return ServiceLoader.load(EmbeddedCoordinators.class, EmbeddedCoordinators.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a coordinator in this process, with its decisions in the"
                        + " store, needs dev.assent:tx-coordinator on the class path. To use coordinator nodes"
                        + " instead, connect a RemoteTransactionService (dev.assent:tx-agent)"));
    }

    /**
     * Starts one; {@link TransactionService#close} ends it.
     *
     * @param coordination {@code host:port,...} of Assent's coordination servers, or of an Apache ZooKeeper ensemble
     * @throws TransactionServiceException the store cannot be reached; the message names it
     */
    TransactionService start(String coordination, Limits limits);
}
