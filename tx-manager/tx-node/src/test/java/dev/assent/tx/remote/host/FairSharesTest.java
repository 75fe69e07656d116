package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.settings.Settings;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.host.Callers.Caller;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A service that comes with ever more agents costs nobody else his. */
final class FairSharesTest {
    private static final Set<String> SHOP = Set.of("shop");
    private static final Set<String> THIEF = Set.of("thief");

    private static AgentId agent(long number) {
        return new AgentId(number, number);
    }

    private static Caller calling(String service) {
        return new Caller(Optional.of(Set.of(new CertifiedName(Role.AGENT, service))));
    }

    @Test
    void who_brings_most_loses_his_own_longest_unused() {
        FairShares<Integer, String> shares = new FairShares<>(3);

        assertThat(shares.put(SHOP, 1, "a")).isEmpty();
        assertThat(shares.put(THIEF, 2, "b")).isEmpty();
        assertThat(shares.put(THIEF, 3, "c")).isEmpty();
        assertThat(shares.find(2)).contains("b");
        assertThat(shares.put(THIEF, 4, "d")).contains("c");

        assertThat(shares.find(1)).contains("a");
        assertThat(shares.find(3)).isEmpty();
        assertThat(shares.size()).isEqualTo(3);
    }

    @Test
    void what_changes_hands_counts_for_its_new_owner_alone() {
        FairShares<Integer, String> shares = new FairShares<>(2);
        shares.put(SHOP, 1, "a");
        shares.put(SHOP, 2, "b");

        shares.put(THIEF, 1, "a");
        assertThat(shares.size()).isEqualTo(2);
        shares.put(THIEF, 3, "c");

        assertThat(shares.find(2)).contains("b");
        assertThat(shares.find(1)).isEmpty();
        assertThat(shares.find(3)).contains("c");
    }

    @Test
    void a_flood_of_agents_takes_no_name_and_no_grant_from_another_service() throws Exception {
        AgentOwners owners = new AgentOwners(AgentRules.read(Settings.of("rules", Map.of())), 100);
        NameGrants grants = new NameGrants(100);
        assertThat(owners.objectionTo(calling("shop"), agent(0))).isEmpty();
        NameGrant first = grants.attached(SHOP, agent(0));

        for (int number = 1; number <= 1_000; number++) {
            assertThat(owners.objectionTo(calling("thief"), agent(number))).isEmpty();
            NameGrant unused = grants.attached(THIEF, agent(number));
            assertThat(unused.agent()).isEqualTo(agent(number));
        }

        assertThat(owners.objectionTo(calling("thief"), agent(0))).isPresent();
        assertThat(owners.objectionTo(calling("shop"), agent(0))).isEmpty();
        assertThat(grants.find(first.value())).contains(first);
        assertThat(grants.attached(SHOP, agent(0))).isEqualTo(first);
    }
}
