package dev.assent.tx.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.protocol.paxos.AcceptorId;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AcceptorAddressesTest {

    private static List<AcceptorAddresses.Entry> entries(String kind, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> new AcceptorAddresses.Entry(
                        new AcceptorId(new UUID(kind.length(), number)), kind + number + ":1"))
                .toList();
    }

    private static List<String> among(int services, int nodes) {
        return AcceptorAddresses.among(entries("service", services), entries("node", nodes)).entries().stream()
                .map(entry -> entry.address().replace(":1", ""))
                .toList();
    }

    @Test
    void two_services_and_their_coordinators_node_decide_so_both_do_without_it() {
        assertThat(among(2, 3)).containsExactly("service1", "service2", "node1");
    }

    @Test
    void three_services_need_no_node() {
        assertThat(among(3, 3)).containsExactly("service1", "service2", "service3");
    }

    @Test
    void a_lone_service_takes_two_nodes_if_there_are_two() {
        assertThat(among(1, 3)).containsExactly("service1", "node1", "node2");
        assertThat(among(1, 1)).containsExactly("service1");
    }

    @Test
    void a_service_with_several_branches_is_one_acceptor() {
        List<AcceptorAddresses.Entry> twice = Stream.concat(
                        entries("service", 2).stream(), entries("service", 2).stream())
                .toList();

        assertThat(AcceptorAddresses.among(twice, entries("node", 1)).entries()).hasSize(3);
    }

    @Test
    void their_number_is_always_odd_and_bounded() {
        for (int services = 0; services < 150; services++) {
            for (int nodes = services == 0 ? 1 : 0; nodes < 4; nodes++) {
                assertThat(among(services, nodes).size() % 2).isEqualTo(1);
            }
        }
        assertThat(among(150, 3)).hasSize(99);
    }
}
