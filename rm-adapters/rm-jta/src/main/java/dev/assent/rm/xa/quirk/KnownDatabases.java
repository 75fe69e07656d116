package dev.assent.rm.xa.quirk;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;

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
            refuseWithoutAdapter(one -> type.getName().startsWith(one.driverPackage()));
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
            refuseWithoutAdapter(one -> one.product().equals(product));
        }
        return known;
    }

    private static void refuseWithoutAdapter(Predicate<Adapted> isIt) {
        for (Adapted database : ADAPTED) {
            if (isIt.test(database)) {
                throw database.refusal();
            }
        }
    }

    private record Adapted(String product, String driverPackage, String artifact) {
        IllegalStateException refusal() {
            return new IllegalStateException(product + " takes part through its adapter only, which puts right what its"
                    + " driver does otherwise than XA says: add " + artifact + " to the class path");
        }
    }
}
