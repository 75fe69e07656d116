package dev.assent.rm.operator.tx;

import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.rm.operator.doctor.Origin;
import dev.assent.rm.operator.doctor.Origins;
import dev.assent.rm.operator.doctor.PreparedEnd;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The databases that an operator has named: what they hold of ours, and how it is ended. */
public final class Databases {
    /** Of one server. */
    private static final int BRANCHES_MAX = 100_000;

    private final List<DatabaseAddress> addresses;
    private final Optional<Consumer<Failure>> silent;

    /** One that cannot be asked ends what is done, as its operator has named it for that. */
    public Databases(List<DatabaseAddress> addresses) {
        this(addresses, Optional.empty());
    }

    private Databases(List<DatabaseAddress> addresses, Optional<Consumer<Failure>> silent) {
        this.addresses = List.copyOf(addresses);
        this.silent = silent;
    }

    /**
     * Many that nobody has chosen: one that cannot be asked, or does not obey, costs what it holds itself and nothing
     * else. A branch that another one holds is proof enough of what is concluded from it.
     *
     * @param silent told of each
     */
    public static Databases each(List<DatabaseAddress> addresses, Consumer<Failure> silent) {
        return new Databases(addresses, Optional.of(silent));
    }

    /** A database that could not be asked, or did not obey; {@link #getCause} is its word. */
    public static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient DatabaseAddress address;
        private final SQLException refusal;

        Failure(DatabaseAddress address, SQLException refusal) {
            super(refusal);
            this.address = address;
            this.refusal = refusal;
        }

        public DatabaseAddress address() {
            return address;
        }

        public SQLException refusal() {
            return refusal;
        }
    }

    /** All branches of that cluster; of one that two addresses show, that which can end it. */
    public List<HeldBranch> scan(ClusterId cluster) throws Failure {
        Map<String, HeldBranch> held = new LinkedHashMap<>();
        for (DatabaseAddress address : addresses) {
            for (HeldBranch branch : scanOrTell(address)) {
                if (branch.transaction().cluster().equals(cluster)) {
                    held.merge(branch.gid(), branch, (one, other) -> one.isHere() ? one : other);
                }
            }
        }
        return new ArrayList<>(held.values());
    }

    private List<HeldBranch> scanOrTell(DatabaseAddress address) throws Failure {
        try {
            return scan(address);
        } catch (Failure failed) {
            tell(failed);
            return List.of();
        }
    }

    private void tell(Failure failed) throws Failure {
        silent.orElseThrow(() -> failed).accept(failed);
    }

    private static List<HeldBranch> scan(DatabaseAddress address) throws Failure {
        List<HeldBranch> held = new ArrayList<>();
        try (Connection connection = address.readOnly();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT gid, database::text, database = current_database(),"
                        + " greatest(0, extract(epoch FROM clock_timestamp() - prepared))::bigint,"
                        + " pg_is_in_recovery() FROM pg_prepared_xacts ORDER BY prepared LIMIT " + BRANCHES_MAX)) {
            while (row.next()) {
                if (Origins.of(row.getString(1)) instanceof Origin.Ours ours) {
                    held.add(new HeldBranch(
                            address,
                            row.getString(2),
                            row.getBoolean(3),
                            row.getString(1),
                            row.getLong(4),
                            ours.transaction(),
                            ours.branch()));
                }
            }
            return held;
        } catch (SQLException refused) {
            throw new Failure(address, refused);
        }
    }

    /** What became of a branch that was to be ended. */
    enum Ending {
        ENDED,
        BY_SOMEBODY_ELSE,
        /** It was told to whoever is told of that; it may have happened. */
        NOT_KNOWN
    }

    /** Ends it as it was decided. */
    Ending end(HeldBranch branch, Decision decision) throws Failure {
        PreparedEnd.Way way =
                switch (decision) {
                    case COMMIT -> PreparedEnd.Way.COMMIT;
                    case ABORT -> PreparedEnd.Way.ROLLBACK;
                };
        try (Connection connection = branch.address().writing()) {
            return PreparedEnd.end(connection, way, branch.gid()) ? Ending.ENDED : Ending.BY_SOMEBODY_ELSE;
        } catch (SQLException refused) {
            tell(new Failure(branch.address(), refused));
            return Ending.NOT_KNOWN;
        }
    }
}
