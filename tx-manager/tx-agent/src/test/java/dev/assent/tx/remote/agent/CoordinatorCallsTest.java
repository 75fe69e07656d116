package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CoordinatorCallsTest {
    private static final GlobalTxId ID = new GlobalTxId(
            new ClusterId(7), new EpochKey(Authority.SHARD_2PC, 0, 0), 1, 1_000, new GlobalTxId.Unique(0, 1));

    @Test
    void who_sweeps_does_not_wait_for_a_leader() {
        RemoteConfig patient = new RemoteConfig(
                List.of("127.0.0.1:1"),
                "shop",
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                10);
        CoordinatorCalls calls = new CoordinatorCalls(
                new NodeDirectory(), patient, new ClockSkew(System::currentTimeMillis), id -> false);

        assertThat(CompletableFuture.supplyAsync(() -> calls.askNow(ID)))
                .succeedsWithin(Duration.ofSeconds(20))
                .isInstanceOf(Outcome.Unknown.class);
    }
}
