package dev.assent.shop.gray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.gray.Report.Held;
import dev.assent.shop.gray.Report.Throughput;
import dev.assent.shop.gray.Report.Waited;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final Throughput KEPT = new Throughput("some", 100, 81, 99);
    private static final Waited IN_TIME = new Waited("some", Duration.ofMillis(5_999), Duration.ofSeconds(6));
    private static final Held ALIVE = new Held(30, 10, 0);

    @Test
    void nothing_to_complain_of_is_no_fault() {
        assertThat(Judgement.shortfalls(List.of(KEPT), List.of(IN_TIME))).isEmpty();
        assertThat(Judgement.faults(ALIVE, Duration.ofSeconds(10))).isEmpty();
    }

    @Test
    void bystanders_that_lose_more_than_a_fifth_are_a_fault() {
        assertThat(faultsOf(new Throughput("writers", 100, 79, 100)))
                .singleElement()
                .asString()
                .contains("writers fell to 79 %");
        assertThat(faultsOf(new Throughput("writers", 100, 100, 10)))
                .singleElement()
                .asString()
                .contains("did not come back");
    }

    @Test
    void bystanders_that_did_nothing_before_show_nothing() {
        assertThat(faultsOf(new Throughput("writers", 0, 100, 100)))
                .singleElement()
                .asString()
                .contains("nothing is shown");
    }

    @Test
    void waits_sessions_and_leftovers_are_each_a_fault() {
        Waited late = new Waited("commits", Duration.ofMillis(6_001), Duration.ofSeconds(6));

        assertThat(Judgement.shortfalls(List.of(KEPT), List.of(late)))
                .singleElement()
                .asString()
                .contains("commits waited 6001 ms");
        assertThat(Judgement.faults(new Held(30, 0, 1), Duration.ofMillis(10_001)))
                .hasSize(2)
                .anySatisfy(fault -> assertThat(fault).contains("1 of 30 sessions expired"))
                .anySatisfy(fault -> assertThat(fault).contains("still prepared"));
    }

    @Test
    void an_answer_that_the_databases_contradict_is_a_lie() {
        TruthBook book = new TruthBook();
        UUID nowhere = UUID.randomUUID();
        UUID there = UUID.randomUUID();
        UUID half = UUID.randomUUID();
        UUID unknown = UUID.randomUUID();
        book.note(nowhere, Told.COMMITTED);
        book.note(there, Told.ROLLED_BACK);
        book.note(half, Told.UNKNOWN);
        book.note(unknown, Told.UNKNOWN);

        assertThat(book.lies(Set.of(there, half, unknown), Set.of(there, unknown)))
                .containsExactlyInAnyOrder(
                        nowhere + " was told committed and is nowhere",
                        there + " was told rolled back and is there",
                        half + " is in one database only");
    }

    private static List<String> faultsOf(Throughput bystander) {
        return Judgement.shortfalls(List.of(bystander), List.of(IN_TIME));
    }
}
