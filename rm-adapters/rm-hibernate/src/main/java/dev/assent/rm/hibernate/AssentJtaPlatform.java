package dev.assent.rm.hibernate;

import dev.assent.rm.jta.AssentTransactions;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.UserTransaction;
import java.util.Locale;
import java.util.Map;
import org.hibernate.HibernateException;
import org.hibernate.cfg.TransactionSettings;
import org.hibernate.engine.transaction.jta.platform.internal.AbstractJtaPlatform;
import org.jspecify.annotations.Nullable;

/**
 * Tells Hibernate where the transaction manager is: the {@link AssentTransactions} it was made with, or the one in the
 * setting {@link #TRANSACTIONS}.
 */
public final class AssentJtaPlatform extends AbstractJtaPlatform {
    /** Setting of a persistence unit whose value is the application's {@link AssentTransactions} object. */
    public static final String TRANSACTIONS = "assent.transactions";

    private static final long serialVersionUID = 1L;

    private transient @Nullable AssentTransactions transactions;

    /** For Hibernate's service loader; the transactions come from the setting. */
    public AssentJtaPlatform() {}

    /** For the setting {@code hibernate.transaction.jta.platform}. */
    public AssentJtaPlatform(AssentTransactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public void configure(Map<String, Object> settings) {
        super.configure(settings);
        if (settings.get(TRANSACTIONS) instanceof AssentTransactions configured) {
            transactions = configured;
        }
        // Told at once: met later, while Hibernate reads the database's metadata, it would only be logged.
        String coordinator = String.valueOf(settings.get(TransactionSettings.TRANSACTION_COORDINATOR_STRATEGY));
        if (coordinator.toLowerCase(Locale.ROOT).contains("jta")) {
            located();
        }
    }

    @Override
    protected TransactionManager locateTransactionManager() {
        return located();
    }

    @Override
    protected UserTransaction locateUserTransaction() {
        return located();
    }

    private AssentTransactions located() {
        AssentTransactions known = transactions;
        if (known == null) {
            throw new HibernateException("the persistence unit does not know its transactions: put your"
                    + " AssentTransactions object into its settings as \"" + TRANSACTIONS + "\"");
        }
        return known;
    }
}
