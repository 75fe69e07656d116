package dev.assent.admin;

import dev.assent.admin.view.InDoubtDatabase;
import dev.assent.admin.view.Prepared;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Reads what a database holds prepared. Found as a service, so that no process needs a driver or knows a database that
 * nobody named.
 */
public interface PreparedReader {

    /** Whether it knows that kind of database. */
    boolean reads(String url);

    /** The gtrid in hexadecimal, if that is a gid of ours. */
    Optional<String> transaction(String gid);

    /** What it holds now; a database that cannot be asked is one with a problem. Takes a few seconds at most. */
    InDoubtDatabase read(Database database, Decisions decisions);

    /**
     * Where one is.
     *
     * @param name what people call it
     */
    record Database(String name, String url, Optional<String> user, Optional<String> password) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** What is decided of our transactions. */
    interface Decisions {
        /** By gtrid in hexadecimal; what cannot be told is said to be unreadable. */
        Prepared.State of(String transaction);
    }

    /** The gtrid in hexadecimal, if that is a gid of ours as one of the readers knows them. */
    static Optional<String> transactionOf(String gid) {
        return ServiceLoader.load(PreparedReader.class).stream()
                .map(ServiceLoader.Provider::get)
                .map(reader -> reader.transaction(gid))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The one for that URL. */
    static Optional<PreparedReader> find(String url) {
        return ServiceLoader.load(PreparedReader.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(reader -> reader.reads(url))
                .findFirst();
    }
}
