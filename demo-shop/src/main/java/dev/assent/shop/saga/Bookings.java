package dev.assent.shop.saga;

import dev.assent.rm.Assent;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.jdbc.SagaGuard;
import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.xa.PGXADataSource;

/** A step that is a whole global transaction: a row in each of two databases, with the guard's row in the first. */
final class Bookings {
    private static final int CONNECTIONS = 8;

    private final AssentTransactions transactions;
    private final DataSource main;
    private final DataSource ledger;
    private final GateClient gate;

    Bookings(Assent assent, String mainUrl, String ledgerUrl, GateClient gate) throws SQLException {
        transactions = assent.transactions();
        main = assent.pool("saga-main", database(mainUrl), CONNECTIONS);
        ledger = assent.pool("saga-ledger", database(ledgerUrl), CONNECTIONS);
        this.gate = gate;
    }

    private static PGXADataSource database(String url) {
        PGXADataSource database = new PGXADataSource();
        database.setUrl(url);
        database.setOptions(Effects.LOCK_TIMEOUT);
        database.setConnectTimeout(Effects.CONNECT_SECONDS);
        database.setSocketTimeout(Effects.ANSWER_SECONDS);
        return database;
    }

    /** If the outcome of the commit is not known this throws, and the next attempt finds the guard's row or does not. */
    String apply(CallKey key)
            throws SQLException, StepRefusedException, NotSupportedException, SystemException, RollbackException,
                    HeuristicMixedException, HeuristicRollbackException {
        gate.visit(key, Moment.ENTERED);
        transactions.begin();
        boolean prepared = false;
        try (Connection first = main.getConnection();
                Connection second = ledger.getConnection()) {
            carryOut(key, first, second);
            prepared = true;
        } finally {
            if (!prepared) {
                transactions.rollback();
            }
        }
        transactions.commit();
        gate.visit(key, Moment.COMMITTED);
        gate.visit(key, Moment.ANSWERED);
        return "booked";
    }

    private void carryOut(CallKey key, Connection first, Connection second) throws SQLException, StepRefusedException {
        if (key.direction() == Direction.COMPENSATION) {
            SagaGuard.compensate(first, key, connection -> insertBoth(key, connection, second));
        } else {
            String unused = SagaGuard.act(first, key, connection -> {
                insertBoth(key, connection, second);
                return "";
            });
        }
    }

    private void insertBoth(CallKey key, Connection first, Connection second) throws SQLException {
        Effects.insert(first, key);
        Effects.insert(second, key);
        gate.visit(key, Moment.UNCOMMITTED);
    }
}
