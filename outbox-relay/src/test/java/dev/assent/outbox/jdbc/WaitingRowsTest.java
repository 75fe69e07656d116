package dev.assent.outbox.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Parts.class)
final class WaitingRowsTest {
    private final Postgres.Database database;

    WaitingRowsTest(Postgres postgres) throws Exception {
        database = postgres.database();
    }

    @Test
    void what_waits_is_counted_with_what_is_parked_and_the_oldest_of_it_has_an_age() throws Exception {
        OutboxSchema.install(database.dataSource(), 2);
        assertThat(WaitingRows.read(database.dataSource())).isEqualTo(new WaitingRows(0, 0, OptionalLong.empty()));

        database.execute("SELECT assent_outbox_append('topic', 'key', gen_random_uuid(), '/test', 'Tested', NULL,"
                + " 'text/plain', NULL, NULL, '\\x010203') FROM generate_series(1, 3)");
        database.execute("UPDATE assent_outbox SET shard = -1 - shard, created_at = created_at - interval '1 minute'"
                + " WHERE seq = (SELECT min(seq) FROM assent_outbox)");

        WaitingRows waiting = WaitingRows.read(database.dataSource());
        assertThat(waiting.rows()).isEqualTo(3);
        assertThat(waiting.bytes()).isEqualTo(9);
        assertThat(waiting.oldestSeconds().orElseThrow()).isBetween(60L, 600L);
    }
}
