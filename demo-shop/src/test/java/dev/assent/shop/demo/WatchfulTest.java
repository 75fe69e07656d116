package dev.assent.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.shop.page.Picture;
import dev.assent.shop.page.Picture.Check;
import dev.assent.shop.page.Picture.Mood;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchfulTest {
    private static final Watchful.Known KNOWN =
            new Watchful.Known(Optional.empty(), Optional.empty(), Optional.empty());
    private static final int PAID = OrderRows.PAID_STATUS;

    private final Watchful watchful = new Watchful();

    private static Ledgers.Orders orders(Map<String, Integer> statuses) {
        return new Ledgers.Orders(
                List.of(), 0, 0, 0, 0, 0, List.of(), List.of(), new Ledgers.Slice<>('a', statuses), List.of());
    }

    private static Ledgers.Goods goods(Map<String, Integer> reserved) {
        return new Ledgers.Goods(List.of(), List.of(), new Ledgers.Slice<>('a', reserved));
    }

    private static Ledgers.Money money(long missingCents, Map<String, Integer> paid) {
        return new Ledgers.Money(missingCents, 0, List.of(), new Ledgers.Slice<>('a', paid), List.of());
    }

    private static List<Picture.Prepared> prepared(long ageMillis) {
        return List.of(new Picture.Prepared("order", "1_2_3", ageMillis, 0));
    }

    private static Check named(String name, List<Check> checks) {
        return checks.stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Check apart(Map<String, Integer> statuses, List<Picture.Prepared> prepared, long nowMillis) {
        return named(
                "orders",
                watchful.judge(
                        orders(statuses),
                        goods(Map.of("a1", 1)),
                        money(0, Map.of("a1", 1)),
                        prepared,
                        KNOWN,
                        nowMillis));
    }

    @Test
    void all_holds_where_the_databases_agree() {
        assertThat(watchful.judge(
                        orders(Map.of("a1", PAID)),
                        goods(Map.of("a1", 1)),
                        money(0, Map.of("a1", 1)),
                        List.of(),
                        KNOWN,
                        0))
                .extracting(Check::mood)
                .containsOnly(Mood.GOOD);
    }

    @Test
    void what_one_database_holds_must_be_right_at_once() {
        Check check = named(
                "money", watchful.judge(orders(Map.of()), goods(Map.of()), money(3, Map.of()), List.of(), KNOWN, 0));

        assertThat(check.mood()).isEqualTo(Mood.BAD);
        assertThat(check.reason()).contains("3 cents");
    }

    @Test
    void two_databases_may_differ_for_a_moment_but_not_for_long() {
        assertThat(apart(Map.of(), List.of(), 0).mood()).isEqualTo(Mood.GOOD);
        assertThat(apart(Map.of(), List.of(), Watchful.APART_MILLIS_MAX + 1).mood())
                .isEqualTo(Mood.BAD);
        assertThat(apart(Map.of("a1", PAID), List.of(), Watchful.APART_MILLIS_MAX + 2)
                        .mood())
                .isEqualTo(Mood.GOOD);
        assertThat(apart(Map.of(), List.of(), Watchful.APART_MILLIS_MAX + 3).mood())
                .as("the time begins anew")
                .isEqualTo(Mood.GOOD);
    }

    @Test
    void they_may_differ_for_as_long_as_something_is_in_doubt_which_must_not_be_for_ever() {
        assertThat(apart(Map.of(), List.of(), 0).mood()).isEqualTo(Mood.GOOD);
        assertThat(apart(Map.of(), prepared(12_000), 12_000).mood()).isEqualTo(Mood.WAITING);
        assertThat(apart(Map.of(), List.of(), 12_001).mood())
                .as("the time begins anew")
                .isEqualTo(Mood.GOOD);
        assertThat(apart(Map.of(), List.of(), 23_000).mood()).isEqualTo(Mood.BAD);
        assertThat(named(
                                "in doubt",
                                watchful.judge(
                                        orders(Map.of()),
                                        goods(Map.of()),
                                        money(0, Map.of()),
                                        prepared(Watchful.PREPARED_MILLIS_MAX + 1),
                                        KNOWN,
                                        0))
                        .mood())
                .isEqualTo(Mood.BAD);
    }

    @Test
    void a_database_that_does_not_answer_says_nothing_for_or_against() {
        Watchful.Known frozen =
                new Watchful.Known(Optional.empty(), Optional.empty(), Optional.of("it does not answer"));

        List<Check> checks =
                watchful.judge(orders(Map.of("a1", PAID)), goods(Map.of()), money(3, Map.of()), List.of(), frozen, 0);

        assertThat(named("money", checks)).isEqualTo(new Check("money", Mood.WAITING, "it does not answer"));
        assertThat(named("orders", checks).mood()).isEqualTo(Mood.WAITING);
        assertThat(named("goods", checks).mood()).isEqualTo(Mood.GOOD);
    }
}
