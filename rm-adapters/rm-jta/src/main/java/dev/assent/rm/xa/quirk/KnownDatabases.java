package dev.assent.rm.xa.quirk;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * The databases whose adapters are on the class path. One that needs its adapter and comes without is refused: it would
 * be believed what it does not keep.
 */
final class KnownDatabases {
    private static final List<DatabaseQuirks> FOUND =
            ServiceLoader.load(DatabaseQuirks.class, KnownDatabases.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();

    private static final List<Adapted> ADAPTED =
            List.of(new Adapted("PostgreSQL", "org.postgresql.", "dev.assent:rm-postgresql"));

    private KnownDatabases() {}

    /**
     * @param driver a data source or resource of it
     * @throws IllegalStateException its adapter is not on the class path
     */
    static Optional<DatabaseQuirks> ofDriver(Object driver) {
        Class<?> type = driver.getClass();
        Optional<DatabaseQuirks> known =
                FOUND.stream().filter(one -> one.isDriver(type)).findFirst();
        if (known.isEmpty()) {
            ADAPTED.stream()
                    .filter(one -> type.getName().startsWith(one.driverPackage()))
                    .forEach(Adapted::refuse);
        }
        return known;
    }

    /**
     * @param product as the database calls itself
     * @throws IllegalStateException its adapter is not on the class path
     */
    static Optional<DatabaseQuirks> ofProduct(String product) {
        Optional<DatabaseQuirks> known =
                FOUND.stream().filter(one -> one.isProduct(product)).findFirst();
        if (known.isEmpty()) {
            ADAPTED.stream().filter(one -> one.product().equals(product)).forEach(Adapted::refuse);
        }
        return known;
    }

    private record Adapted(String product, String driverPackage, String artifact) {
        void refuse() {
            throw new IllegalStateException(product + " takes part through its adapter only, which puts right what its"
                    + " driver does otherwise than XA says: add " + artifact + " to the class path");
        }
    }
}
