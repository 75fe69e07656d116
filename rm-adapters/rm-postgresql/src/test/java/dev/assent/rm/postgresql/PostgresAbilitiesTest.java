package dev.assent.rm.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.StrictResource;
import dev.assent.rm.xa.quirk.XaAbilities;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.Test;
import org.postgresql.xa.PGXADataSource;

class PostgresAbilitiesTest {

    @Test
    void postgresql_is_never_asked_to_join_or_to_suspend() throws Exception {
        assertThat(XaAbilities.JOINS_AND_SUSPENDS.with(unconnected())).isEqualTo(XaAbilities.NONE);
        assertThat(XaAbilities.JOINS_AND_SUSPENDS.with(new StrictResource().connection("a")))
                .isEqualTo(XaAbilities.JOINS_AND_SUSPENDS);
    }

    /** Its class is what counts; no server is needed. */
    private static XAResource unconnected() throws Exception {
        Class<?> type = Class.forName("org.postgresql.xa.PGXAConnection", true, PGXADataSource.class.getClassLoader());
        var constructor = type.getConstructor(Class.forName("org.postgresql.core.BaseConnection"));
        return (XAResource) constructor.newInstance(new Object[] {null});
    }
}
