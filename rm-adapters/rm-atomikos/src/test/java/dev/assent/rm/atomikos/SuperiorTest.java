package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.BranchId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuperiorTest {
    private static final BranchId BRANCH =
            new BranchId(BranchId.FORMAT_ID, new byte[] {1, -1, 62, 63, 0}, new byte[] {-128, 7});

    @Test
    void an_address_says_whose_branch_it_is_and_where_its_work_is() {
        Superior superior = new Superior(BRANCH, Set.of("first", "a&b=c/d?e"));

        assertThat(Superior.parse(superior.uri())).contains(superior);
        assertThat(Superior.parse(new Superior(BRANCH, Set.of()).uri())).contains(new Superior(BRANCH, Set.of()));
    }

    @Test
    void atomikos_takes_it_for_one_that_decides_by_itself() {
        assertThat(new Superior(BRANCH, List.of("first")).uri()).startsWith("http");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "orders170000000000000001",
                "http://elsewhere/AQ/Ag",
                "http://assent/",
                "http://assent/AQ",
                "http://assent/AQ/",
                "http://assent/AQ/Ag/Aw",
                "http://assent/A*/Ag"
            })
    void what_is_not_one_of_ours_is_none(String uri) {
        assertThat(Superior.parse(uri)).isEmpty();
    }
}
