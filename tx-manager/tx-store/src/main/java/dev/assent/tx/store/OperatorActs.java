package dev.assent.tx.store;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What operators' commands do about a transaction, for a process that is told to do it. Found as a service, so that no
 * process needs a driver. Nothing is changed without an entry in the audit log before it.
 */
public interface OperatorActs {

    /** Has its prepared branches ended as decided, and ABORT decided if nothing is and nothing else can be. */
    Done resolve(Means means, Order order, GlobalTxId transaction) throws IOException;

    /** The same for what is decided, without ever deciding. */
    Done retry(Means means, Order order, GlobalTxId transaction) throws IOException;

    /** Forgets what its branches decided by themselves. */
    Done forget(Means means, Order order, GlobalTxId transaction) throws IOException;

    /** The transaction that is meant by a gtrid in hexadecimal, a token or a database's gid; an argument that is none is wrong. */
    GlobalTxId named(String text);

    /** With what. */
    record Means(CoordinatorZnodes store, List<Database> databases) {
        public Means {
            databases = List.copyOf(databases);
        }
    }

    /**
     * Where branches may be prepared.
     *
     * @param name what people call it
     */
    record Database(String name, String url, Optional<String> user, Optional<String> password) {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * What is wanted.
     *
     * @param operator for the audit log, as is the reason
     * @param dryRun whether it is only to be told what would be done
     * @param expected with any other decision nothing is to be done
     */
    record Order(String operator, String reason, boolean dryRun, Optional<Decision> expected) {}

    /** What came of it, and of each part of it in words. */
    record Done(Kind kind, List<String> lines) {
        public Done {
            lines = List.copyOf(lines);
        }

        /** How it went. */
        public enum Kind {
            /** All that could be reached has ended. */
            COMPLETE,
            /** Something is left. */
            PARTLY,
            /** There was nothing to do. */
            NOTHING,
            /** A dry run: it would be done. */
            WOULD,
            /** It must not be done, and was not. */
            REFUSED
        }
    }

    /** The one on the class path; empty if there is none. */
    static Optional<OperatorActs> find() {
        return ServiceLoader.load(OperatorActs.class).findFirst();
    }
}
