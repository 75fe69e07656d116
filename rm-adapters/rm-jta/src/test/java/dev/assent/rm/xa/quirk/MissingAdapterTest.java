package dev.assent.rm.xa.quirk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.RecordingDatabase;
import dev.assent.rm.xa.XaResourceManager;
import org.junit.jupiter.api.Test;
import org.postgresql.xa.PGXADataSource;

/** Here PostgreSQL's driver is on the class path, and the adapter for it is not. */
class MissingAdapterTest {

    @Test
    void a_driver_that_is_not_to_be_believed_takes_no_part_without_its_adapter() {
        PGXADataSource postgres = new PGXADataSource();

        assertThatThrownBy(() -> XaResourceManager.of("orders", postgres))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("add dev.assent:rm-postgresql");
        assertThatThrownBy(() -> PoolQuirks.of(postgres)).hasMessageContaining("add dev.assent:rm-postgresql");
    }

    @Test
    void so_does_a_database_that_says_what_it_is() {
        assertThatThrownBy(() -> KnownDatabases.ofProduct("PostgreSQL"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("add dev.assent:rm-postgresql");
    }

    @Test
    void a_database_that_nobody_knows_takes_part_as_it_is() {
        assertThat(PoolQuirks.of(new RecordingDatabase().dataSource())).isInstanceOf(StandardPoolQuirks.class);
        assertThat(KnownDatabases.ofProduct("Acme")).isEmpty();
    }
}
