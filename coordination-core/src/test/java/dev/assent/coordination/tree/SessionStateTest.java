package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionStateTest {
    private static final int LEVELS_BITS = 15;

    /** Whoever opens and ends them in turn meets the same nodes of the trie again, while they are in the caches. */
    @Test
    void sessions_that_a_leader_opens_one_after_the_other_stand_together() {
        SessionIds ids = new SessionIds(new ServerId(3), new Epoch(7));
        Set<Integer> all = new HashSet<>();
        Set<Integer> together = new HashSet<>();
        int count = 1 << LEVELS_BITS;
        for (int made = 0; made < count; made++) {
            int hash = SessionState.hashOf(ids.next().value());
            all.add(hash);
            together.add(hash >>> LEVELS_BITS);
        }

        assertThat(all).hasSize(count);
        assertThat(together).hasSize(1);
    }

    @Test
    void the_first_sessions_of_many_leaders_and_epochs_are_spread() {
        Set<Integer> firstLevels = new HashSet<>();
        int count = 0;
        for (int server = 1; server <= 5; server++) {
            for (int epoch = 1; epoch <= 100; epoch++) {
                long first = new SessionIds(new ServerId(server), new Epoch(epoch))
                        .next()
                        .value();
                firstLevels.add(SessionState.hashOf(first) & ((1 << LEVELS_BITS) - 1));
                count++;
            }
        }

        assertThat(firstLevels).as("of " + count + " ids").hasSizeGreaterThan(count * 9 / 10);
    }
}
