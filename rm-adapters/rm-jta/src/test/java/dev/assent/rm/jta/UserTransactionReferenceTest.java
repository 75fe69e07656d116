package dev.assent.rm.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.MemoryTransactionService;
import jakarta.transaction.UserTransaction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Hashtable;
import javax.naming.NamingException;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.naming.StringRefAddr;
import javax.naming.spi.NamingManager;
import org.junit.jupiter.api.Test;

/**
 * Jakarta Transactions 2.0, section 3.1: a {@code UserTransaction} is "both {@code javax.naming.Referenceable} and
 * {@code java.io.Serializable}, so that the object can be stored in all JNDI naming contexts".
 */
class UserTransactionReferenceTest {
    private final AssentTransactions transactions = new AssentTransactions(new MemoryTransactionService());
    /** Beside it, so that a lookup cannot mean the only one. */
    private final AssentTransactions others = new AssentTransactions(new MemoryTransactionService());

    @Test
    void a_reference_leads_back_to_the_live_object() throws Exception {
        UserTransaction user = transactions;
        assertThat(user).isInstanceOf(Referenceable.class).isInstanceOf(Serializable.class);

        assertThat(lookedUp(((Referenceable) user).getReference())).isSameAs(transactions);
        assertThat(lookedUp(others.getReference())).isSameAs(others);
    }

    @Test
    void a_serialized_user_transaction_is_the_live_object_again() throws Exception {
        transactions.begin();

        UserTransaction copy = (UserTransaction) deserialized(serialized(transactions));

        assertThat(copy).isSameAs(transactions);
        copy.rollback();
    }

    @Test
    void a_reference_to_none_of_several_objects_is_refused_with_the_remedy() throws Exception {
        Reference alien = (Reference) transactions.getReference().clone();
        alien.remove(0);
        alien.add(new StringRefAddr("id", "of another process"));

        assertThat(others.getReference()).isNotEqualTo(alien);
        assertThatThrownBy(() -> lookedUp(alien))
                .isInstanceOf(NamingException.class)
                .hasMessageContaining("bind it again");
    }

    @SuppressWarnings("JdkObsolete") // JNDI's own signature
    private static Object lookedUp(Reference reference) throws Exception {
        return NamingManager.getObjectInstance(reference, null, null, new Hashtable<>());
    }

    private static byte[] serialized(Object object) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    private static Object deserialized(byte[] bytes) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        }
    }
}
