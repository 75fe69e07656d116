package dev.assent.shop.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final UUID ID = new UUID(1, 1);
    private static final Judge.Ends CONFIRMED = new Judge.Ends(1, 0);
    private static final Judge.Ends CANCELLED = new Judge.Ends(0, 1);

    private static List<String> wrongs(Judge.Ends stock, Judge.Ends till, Told told) {
        return Judge.wrongs(Map.of(ID, stock), Map.of(ID, till), Map.of(ID, told));
    }

    @Test
    void ends_that_agree_with_each_other_and_the_caller_are_right() {
        assertThat(wrongs(CONFIRMED, CONFIRMED, Told.COMMITTED)).isEmpty();
        assertThat(wrongs(CONFIRMED, CONFIRMED, Told.UNKNOWN)).isEmpty();
        assertThat(wrongs(CANCELLED, CANCELLED, Told.ROLLED_BACK)).isEmpty();
        assertThat(Judge.wrongs(Map.of(ID, CANCELLED), Map.of(), Map.of())).isEmpty();
    }

    @Test
    void ends_that_contradict_each_other_or_the_caller_are_wrong() {
        assertThat(wrongs(CONFIRMED, CANCELLED, Told.UNKNOWN)).hasSize(1);
        assertThat(wrongs(CANCELLED, CANCELLED, Told.COMMITTED)).hasSize(1);
        assertThat(wrongs(CONFIRMED, CONFIRMED, Told.ROLLED_BACK)).hasSize(1);
        assertThat(wrongs(CANCELLED, CANCELLED, Told.BROKEN)).hasSize(1);
        assertThat(Judge.wrongs(Map.of(ID, CONFIRMED), Map.of(), Map.of())).hasSize(1);
        assertThat(Judge.wrongs(Map.of(), Map.of(), Map.of(ID, Told.COMMITTED))).hasSize(1);
    }

    @Test
    void a_try_that_was_ended_twice_or_never_is_wrong() {
        assertThat(wrongs(new Judge.Ends(2, 0), CONFIRMED, Told.UNKNOWN)).hasSize(1);
        assertThat(wrongs(new Judge.Ends(1, 1), CONFIRMED, Told.UNKNOWN)).hasSize(1);
        assertThat(wrongs(CANCELLED, new Judge.Ends(0, 0), Told.UNKNOWN)).hasSize(1);
    }
}
