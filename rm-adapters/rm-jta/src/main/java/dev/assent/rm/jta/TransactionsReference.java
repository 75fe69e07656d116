package dev.assent.rm.jta;

import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.util.Hashtable;
import java.util.Optional;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.NamingException;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import javax.naming.spi.ObjectFactory;
import org.jspecify.annotations.Nullable;

/**
 * What stands for an {@link AssentTransactions} in a JNDI context or a byte stream: an id, by which the live object of
 * this process is found again (Jakarta Transactions 2.0, section 3.1: a {@code UserTransaction} is
 * {@code Referenceable} and {@code Serializable}). No state of it leaves the process.
 */
public final class TransactionsReference implements ObjectFactory {
    private static final String ID = "id";

    /** For JNDI. */
    public TransactionsReference() {}

    static Reference to(String id) {
        return new Reference(
                AssentTransactions.class.getName(),
                new StringRefAddr(ID, id),
                TransactionsReference.class.getName(),
                null);
    }

    @Override
    @SuppressWarnings("JdkObsolete") // JNDI's own signature
    public @Nullable Object getObjectInstance(
            @Nullable Object reference,
            @Nullable Name name,
            @Nullable Context context,
            @Nullable Hashtable<?, ?> environment)
            throws NamingException {
        if (!(reference instanceof Reference ours)
                || !ours.getFactoryClassName().equals(getClass().getName())) {
            return null;
        }
        RefAddr id = ours.get(ID);
        Optional<AssentTransactions> live =
                id == null ? Optional.empty() : LiveTransactions.find(String.valueOf(id.getContent()));
        return live.orElseThrow(() -> new NamingException(missing()));
    }

    private static String missing() {
        return "the AssentTransactions that was bound is not in this process, which has none of its own, or several:"
                + " make it before it is looked up, and bind it again";
    }

    /** The form in a byte stream. */
    record Serialized(String id) implements Serializable {
        private Object readResolve() throws ObjectStreamException {
            Optional<AssentTransactions> live = LiveTransactions.find(id);
            if (live.isEmpty()) {
                throw new InvalidObjectException(missing());
            }
            return live.get();
        }
    }
}
