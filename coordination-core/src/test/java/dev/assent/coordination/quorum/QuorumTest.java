package dev.assent.coordination.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.ServerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class QuorumTest {
    private static List<ServerId> servers(int count) {
        List<ServerId> servers = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            servers.add(new ServerId(id));
        }
        return servers;
    }

    /** The servers whose bit is set. */
    private static boolean isIn(int set, ServerId server) {
        return (set >> (server.value() - 1) & 1) == 1;
    }

    @Test
    void any_two_majorities_share_a_voter() {
        for (int voters = 1; voters <= 5; voters++) {
            assertQuorumsIntersect(new Majority(servers(voters)), voters);
        }
    }

    @Test
    void any_two_majorities_by_weight_share_a_voter() {
        TreeMap<ServerId, Integer> weights = new TreeMap<>(Map.of(
                new ServerId(1), 3, new ServerId(2), 1, new ServerId(3), 1, new ServerId(4), 0, new ServerId(5), 2));

        assertQuorumsIntersect(new Weighted(weights), 5);
    }

    private static void assertQuorumsIntersect(Quorum quorum, int voters) {
        for (int a = 0; a < 1 << voters; a++) {
            for (int b = 0; b < 1 << voters; b++) {
                int left = a;
                int right = b;
                boolean both = quorum.isReachedBy(server -> isIn(left, server))
                        && quorum.isReachedBy(server -> isIn(right, server));
                assertThat(both && (a & b) == 0).isFalse();
            }
        }
        assertThat(quorum.isReachedBy(server -> true)).isTrue();
        assertThat(quorum.isReachedBy(server -> false)).isFalse();
    }

    @Test
    void the_agreed_position_is_the_highest_that_a_quorum_has_reached() {
        long[] positions = {7, 3, 9, 1, 5};
        Majority five = new Majority(servers(5));

        long agreed = five.agreed(server -> positions[server.value() - 1]);

        assertThat(agreed).isEqualTo(5);
        assertThat(five.isReachedBy(server -> positions[server.value() - 1] >= agreed))
                .isTrue();
        assertThat(five.isReachedBy(server -> positions[server.value() - 1] > agreed))
                .isFalse();
    }

    @Test
    void with_an_even_number_of_voters_half_is_not_enough() {
        long[] positions = {7, 3, 9, 1};
        Majority four = new Majority(servers(4));

        assertThat(four.agreed(server -> positions[server.value() - 1])).isEqualTo(3);
        assertThat(four.isReachedBy(server -> server.value() <= 2)).isFalse();
    }

    @Test
    void a_heavy_voter_decides_by_its_weight() {
        Weighted weighted =
                new Weighted(new TreeMap<>(Map.of(new ServerId(1), 3, new ServerId(2), 1, new ServerId(3), 1)));
        long[] positions = {4, 9, 9};

        assertThat(weighted.isReachedBy(server -> server.value() == 1)).isTrue();
        assertThat(weighted.isReachedBy(server -> server.value() > 1)).isFalse();
        assertThat(weighted.agreed(server -> positions[server.value() - 1])).isEqualTo(4);
    }

    @Test
    void voters_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> new Majority(List.of())).hasMessageContaining("at least one");
        assertThatThrownBy(() -> new Majority(List.of(new ServerId(1), new ServerId(1))))
                .hasMessageContaining("distinct");
        assertThatThrownBy(() -> new Weighted(new TreeMap<>(Map.of(new ServerId(1), 0))))
                .hasMessageContaining("all be 0");
        assertThatThrownBy(() -> new Weighted(new TreeMap<>(Map.of(new ServerId(1), -1))))
                .hasMessageContaining("negative");
    }
}
