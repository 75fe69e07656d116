package dev.assent.outbox.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import dev.assent.outbox.testing.Link;
import dev.assent.outbox.testing.Parts;
import dev.assent.outbox.testing.Postgres;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** An open transaction waits for the answer, so that it has to come long before other statements are given up. */
@ExtendWith(Parts.class)
final class OwnershipAnswerTest {
    private static final Duration STATEMENT_MAX = Duration.ofSeconds(60);

    private final Postgres.Database database;

    OwnershipAnswerTest(Postgres postgres) throws Exception {
        this.database = postgres.database();
        OutboxSchema.install(database.dataSource(), 1);
    }

    @Test
    @Timeout(40)
    void a_database_that_hangs_keeps_it_no_longer_than_the_answer_may_take() throws Exception {
        ShardLease lease = new ShardLease(new ShardId(0), new ShardEpoch(1));
        try (Link link = new Link(database.port());
                ShardOutbox outbox = new JdbcOutboxStore(database.dataSource(link.port()), STATEMENT_MAX)
                        .claim(lease)
                        .orElseThrow()) {
            assertThat(outbox.check()).isEqualTo(Ownership.KEPT);

            link.freeze();

            assertThatThrownBy(outbox::check).isInstanceOf(IOException.class).hasMessageContaining("the epoch of");
        }
    }
}
