package dev.assent.rm.xa;

import dev.assent.rm.xa.quirk.DecisionStatements;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.spi.DecisionTable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The decisions that a database keeps, each question in its bulkhead and over a connection of its own. Thread-safe. */
final class XaDecisionTable implements DecisionTable {
    private static final Logger LOG = LoggerFactory.getLogger(XaDecisionTable.class);

    private final XaResourceManager home;
    private final Deciding when;

    XaDecisionTable(XaResourceManager home, Deciding when) {
        this.home = home;
        this.when = when;
    }

    @Override
    public boolean isDefault() {
        return when == Deciding.UNASKED;
    }

    @Override
    public CompletionStage<Decision> insertAbort(GlobalTxId transaction) {
        return ask((statements, connection) -> statements.insertAbort(connection, transaction));
    }

    @Override
    public CompletionStage<PointLook> look(GlobalTxId transaction) {
        return ask((statements, connection) -> statements.look(connection, transaction));
    }

    @Override
    public CompletionStage<Map<GlobalTxId, DecisionRecord>> rows(Due due) {
        return ask((statements, connection) -> statements.rows(connection, due));
    }

    @Override
    public CompletionStage<Void> delete(Collection<GlobalTxId> transactions) {
        return ask((statements, connection) -> {
                    statements.delete(connection, transactions);
                    return transactions.size();
                })
                .thenAccept(sent -> LOG.trace("{} rows of {} were to be deleted", sent, home.name()));
    }

    private <T> CompletionStage<T> ask(Question<T> question) {
        return home.bulkhead().ask(() -> {
            try {
                DecisionStatements statements = home.decisionStatements();
                return home.ask(connection -> question.ask(statements, connection));
            } catch (SQLException | IllegalStateException e) {
                throw new IOException("resource " + home.name() + " cannot be asked: " + e.getMessage(), e);
            }
        });
    }

    private interface Question<T> {
        T ask(DecisionStatements statements, Connection connection) throws SQLException;
    }
}
