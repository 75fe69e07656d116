package dev.assent.shop.drills.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.drills.plan.Invariant.AnswersTrue;
import dev.assent.shop.drills.plan.Invariant.NothingLostOrDoubled;
import dev.assent.shop.drills.plan.Invariant.NothingPreparedAfter;
import dev.assent.shop.drills.plan.Invariant.PauseAtMost;
import dev.assent.shop.drills.plan.Invariant.ServedAgainWithin;
import dev.assent.shop.drills.plan.Invariant.ServedMeanwhile;
import dev.assent.shop.drills.plan.Invariant.Struck;
import dev.assent.shop.drills.plan.Invariant.UnknownAtMost;
import dev.assent.shop.drills.plan.Verdict.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Commits every 100 ms, struck at 1 s, healed at 2 s, the last answer at 3 s, unless a test says otherwise. */
final class VerdictsTest {
    private static final Audit CLEAN = new Audit(List.of(), List.of());

    private Optional<Long> struckAt = Optional.of(1_000L);
    private Optional<Long> preparedFor = Optional.of(20L);
    private List<String> unserved = List.of();
    private int unknownLeft;
    private long unknownTold;
    private Audit audit = CLEAN;
    private long silentFrom = Long.MAX_VALUE;
    private long silentTo = Long.MAX_VALUE;

    private Seen seen() {
        List<Sample> samples = new ArrayList<>();
        long committed = 0;
        for (long at = 0; at <= 3_000; at += 100) {
            committed += at >= silentFrom && at < silentTo ? 0 : 1;
            samples.add(new Sample(at, committed, 0, unknownTold));
        }
        return new Seen(samples, List.of(), struckAt, 2_000, unserved, 3_000, preparedFor, unknownLeft, audit);
    }

    private Verdict verdict(Invariant invariant) {
        return Judgement.of(List.of(invariant), seen()).get(0);
    }

    private void held(Invariant invariant) {
        assertThat(verdict(invariant)).returns(true, Verdict::held);
    }

    private void broken(Invariant invariant, String reason) {
        not(Outcome.BROKEN, invariant, reason);
    }

    private void late(Invariant invariant, String reason) {
        not(Outcome.LATE, invariant, reason);
    }

    private void not(Outcome outcome, Invariant invariant, String reason) {
        assertThat(verdict(invariant))
                .returns(false, Verdict::held)
                .returns(outcome, Verdict::outcome)
                .returns(reason, Verdict::reason);
    }

    @Test
    void an_answer_that_the_databases_do_not_bear_out_is_told() {
        held(new AnswersTrue());

        audit = new Audit(List.of("told 3, paid 2"), List.of());

        broken(new AnswersTrue(), "told 3, paid 2");
        held(new NothingLostOrDoubled());
    }

    @Test
    void everything_that_is_lost_is_told() {
        audit = new Audit(List.of(), List.of("1 event", "2 cents"));

        broken(new NothingLostOrDoubled(), "1 event; 2 cents");
        held(new AnswersTrue());
    }

    @Test
    void what_stays_prepared_or_does_so_for_too_long_is_told() {
        held(new NothingPreparedAfter(Duration.ofMillis(20)));
        late(new NothingPreparedAfter(Duration.ofMillis(19)), "nothing was prepared any more after 20 ms");

        preparedFor = Optional.empty();

        broken(new NothingPreparedAfter(Duration.ofDays(1)), "something stayed prepared");
    }

    @Test
    void a_pause_counts_from_the_strike_on_until_the_end() {
        silentFrom = 1_200;
        silentTo = 2_500;

        held(new PauseAtMost("a", Duration.ofMillis(1_400)));
        late(new PauseAtMost("a", Duration.ofMillis(1_399)), "longest pause 1400 ms; before the fault 100 ms");
    }

    @Test
    void silence_that_nothing_ends_is_a_pause_up_to_the_last_answer() {
        silentFrom = 1_500;

        late(new PauseAtMost("a", Duration.ofSeconds(1)), "longest pause 1600 ms; before the fault 100 ms");
        broken(new ServedAgainWithin(Duration.ofDays(1)), "no commit came");
    }

    @Test
    void the_way_back_counts_from_the_healing() {
        silentFrom = 1_500;
        silentTo = 2_400;

        held(new ServedAgainWithin(Duration.ofMillis(400)));
        late(new ServedAgainWithin(Duration.ofMillis(399)), "the next commit came after 400 ms");
    }

    @Test
    void a_fault_during_which_nobody_is_served_breaks_what_others_are_to_go_on_with() {
        held(new ServedMeanwhile());

        unserved = List.of("nobody was within 60 s since node-1 ended");

        broken(new ServedMeanwhile(), "nobody was within 60 s since node-1 ended");
    }

    @Test
    void unknown_answers_are_counted_although_they_become_known() {
        unknownTold = 3;

        held(new UnknownAtMost(3));
        late(new UnknownAtMost(2), "3 were told, 0 stayed so");
    }

    @Test
    void an_answer_that_stays_unknown_is_always_told() {
        unknownTold = 1;
        unknownLeft = 1;

        broken(new UnknownAtMost(5), "1 were told, 1 stayed so");
    }

    @Test
    void a_drill_that_never_struck_or_struck_nobody_shows_nothing() {
        held(new Struck());

        struckAt = Optional.empty();
        broken(new Struck(), "its moment never came");

        struckAt = Optional.of(1_000L);
        silentFrom = 0;
        broken(new Struck(), "0 commits before it");
    }

    @Test
    void every_drill_has_a_name_of_its_own_demands_that_it_struck_and_has_a_bug() {
        List<Drill> drills = Catalogue.all();

        assertThat(drills).hasSizeGreaterThan(15);
        assertThat(drills.stream().map(Drill::name)).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z-]+"));
        assertThat(drills).allSatisfy(drill -> {
            assertThat(drill.invariants()).hasAtLeastOneElementOfType(Struck.class);
            assertThat(drill.hypothesis()).endsWith(".");
            assertThat(drill.needs()).isNotEmpty();
            assertThat(Catalogue.named(drill.name())).contains(drill);
        });
    }

    /** Lateness alone is no proof: the build leaves it out. */
    @Test
    void whoever_is_to_be_taken_over_from_is_away_until_others_were_served() {
        assertThat(Catalogue.all().stream()
                        .filter(drill -> drill.bug() == PlantedBug.NO_TAKEOVER)
                        .map(Drill::invariants))
                .hasSizeGreaterThan(5)
                .allSatisfy(invariants -> assertThat(invariants).hasAtLeastOneElementOfType(ServedMeanwhile.class));
    }
}
