package dev.assent.store.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class MemberTest {
    @Test
    void what_a_member_says_is_read_as_it_was_meant() {
        Member plain = new Member("one", 1, new TreeSet<>());
        Member heavy = new Member("one", 12, new TreeSet<>(List.of(0, 7)));

        assertThat(plain.format()).isEqualTo("one");
        assertThat(heavy.format()).isEqualTo("one weight 12 declines 0 7");
        for (Member member : List.of(plain, heavy)) {
            assertThat(Member.parse("one", member.format())).isEqualTo(member);
        }
        assertThat(Member.parse("one", "weight -1 declines x 99999999 \0")).isEqualTo(plain);
    }
}
