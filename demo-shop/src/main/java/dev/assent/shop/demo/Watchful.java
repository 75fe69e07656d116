package dev.assent.shop.demo;

import dev.assent.shop.page.Picture;
import dev.assent.shop.page.Picture.Check;
import dev.assent.shop.page.Picture.Mood;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges what the databases hold while everybody works. What a transaction changes in several databases is seen in one before
 * it is seen in the other: that two of them differ is wrong only if it stays so although nothing is in doubt. What one
 * database holds must be right in each look. One thread asks.
 */
final class Watchful {
    /** Longer than a transaction takes from its first commit to its last, where nobody is down. */
    static final long APART_MILLIS_MAX = 10_000;

    /** A branch that is prepared for longer is told; for longer than {@link #PREPARED_MILLIS_MAX}, it is wrong. */
    static final long PREPARED_MILLIS_LONG = 5_000;

    static final long PREPARED_MILLIS_MAX = 60_000;

    private final Map<String, Apart> apart = new HashMap<>();

    /** When the databases were first and last seen to differ over an order. */
    private record Apart(long firstMillis, long lastMillis) {}

    /** What is known of one database: its content, or why that is not known. */
    record Known(Optional<String> orders, Optional<String> goods, Optional<String> money) {
        Optional<String> anyTrouble() {
            return orders.or(() -> goods).or(() -> money);
        }
    }

    List<Check> judge(
            Ledgers.Orders orders,
            Ledgers.Goods goods,
            Ledgers.Money money,
            List<Picture.Prepared> prepared,
            Known trouble,
            long nowMillis) {
        List<Check> checks = new ArrayList<>();
        checks.add(check("money", trouble.money(), money(money)));
        checks.add(check("goods", trouble.goods(), goods(goods)));
        checks.add(apart(orders, goods, money, prepared, trouble.anyTrouble(), nowMillis));
        checks.add(check("answers", trouble.orders(), answers(orders, prepared)));
        checks.add(check("events", trouble.orders(), events(orders)));
        checks.add(check("in doubt", trouble.orders().or(trouble::money), prepared(prepared)));
        return checks;
    }

    private static Check check(String name, Optional<String> trouble, Check known) {
        return trouble.map(why -> new Check(name, Mood.WAITING, why)).orElse(known);
    }

    private static Check money(Ledgers.Money money) {
        if (money.missingCents() != 0) {
            return new Check("money", Mood.BAD, money.missingCents() + " cents are neither on an account nor paid");
        }
        return money.overdrawn() == 0
                ? new Check("money", Mood.GOOD, "every cent is on an account or paid")
                : new Check("money", Mood.BAD, money.overdrawn() + " accounts are overdrawn");
    }

    private static Check goods(Ledgers.Goods goods) {
        return goods.wrong().isEmpty()
                ? new Check("goods", Mood.GOOD, "every piece is on the shelf or reserved")
                : new Check("goods", Mood.BAD, String.join("; ", goods.wrong()));
    }

    private static Check answers(Ledgers.Orders orders, List<Picture.Prepared> prepared) {
        if (!orders.missing().isEmpty() && prepared.isEmpty()) {
            return new Check("answers", Mood.BAD, "confirmed, and not there: " + some(orders.missing()));
        }
        if (!orders.missing().isEmpty()) {
            return new Check(
                    "answers", Mood.WAITING, orders.missing().size() + " confirmed orders are still being written");
        }
        return orders.untrue().isEmpty()
                ? new Check("answers", Mood.GOOD, "what customers were told is what the databases hold")
                : new Check("answers", Mood.BAD, "refused, and there all the same: " + some(orders.untrue()));
    }

    private static Check events(Ledgers.Orders orders) {
        if (orders.doubles() > 0) {
            return new Check("events", Mood.BAD, orders.doubles() + " events took effect twice");
        }
        if (orders.lost() > 0) {
            return new Check(
                    "events",
                    Mood.BAD,
                    orders.lost() + " had no effect, and those of later orders long have had theirs");
        }
        if (orders.waiting() == 0) {
            return new Check("events", Mood.GOOD, "each has taken effect once");
        }
        String text = orders.waiting() + " orders wait for theirs, the oldest for " + orders.waitingMillis() / 1_000
                + " s; " + orders.messages() + " are in the outbox";
        if (orders.waitingMillis() <= APART_MILLIS_MAX) {
            return new Check("events", Mood.GOOD, "each takes effect once; " + text);
        }
        return new Check("events", Mood.WAITING, text);
    }

    private static Check prepared(List<Picture.Prepared> prepared) {
        long oldest = oldest(prepared);
        if (oldest > PREPARED_MILLIS_MAX) {
            return new Check("in doubt", Mood.BAD, "a branch is prepared for " + oldest / 1_000 + " s");
        }
        if (oldest > PREPARED_MILLIS_LONG) {
            return new Check(
                    "in doubt", Mood.WAITING, prepared.size() + " prepared, the oldest for " + oldest / 1_000 + " s");
        }
        return new Check("in doubt", Mood.GOOD, "nothing is prepared for more than a moment");
    }

    private static long oldest(List<Picture.Prepared> prepared) {
        return prepared.stream().mapToLong(Picture.Prepared::ageMillis).max().orElse(0);
    }

    /**
     * An order is wrong when it was seen to be, and is seen to be so again after longer than a transaction takes, while nothing
     * was in doubt for long. Looks that are of different orders, or of which one was not answered, say nothing.
     */
    private Check apart(
            Ledgers.Orders orders,
            Ledgers.Goods goods,
            Ledgers.Money money,
            List<Picture.Prepared> prepared,
            Optional<String> trouble,
            long nowMillis) {
        if (trouble.isPresent()) {
            apart.clear();
            return new Check("orders", Mood.WAITING, trouble.get());
        }
        if (oldest(prepared) > PREPARED_MILLIS_LONG) {
            apart.clear();
            return new Check("orders", Mood.WAITING, "what is in doubt may be missing in one database or another");
        }
        char digit = orders.statuses().digit();
        if (goods.reserved().digit() == digit && money.paid().digit() == digit) {
            Set<String> wrong = wrong(
                    orders.statuses().found(),
                    goods.reserved().found().keySet(),
                    money.paid().found().keySet());
            wrong.removeIf(order -> isHeld(goods.reserved(), order) || isHeld(money.paid(), order));
            apart.keySet().removeIf(order -> order.charAt(0) == digit && !wrong.contains(order));
            wrong.forEach(order -> apart.merge(
                    order,
                    new Apart(nowMillis, nowMillis),
                    (before, now) -> new Apart(before.firstMillis(), nowMillis)));
        }
        List<String> lasting = apart.entrySet().stream()
                .filter(one -> one.getValue().lastMillis() - one.getValue().firstMillis() > APART_MILLIS_MAX)
                .map(Map.Entry::getKey)
                .toList();
        return lasting.isEmpty()
                ? new Check("orders", Mood.GOOD, "what is paid is reserved and ordered, and the other way round")
                : new Check("orders", Mood.BAD, "paid, reserved and ordered do not agree: " + some(lasting));
    }

    /** By a try, which is confirmed or cancelled once whoever holds it is there again. */
    private static boolean isHeld(Ledgers.Slice<Integer> slice, String order) {
        return slice.found().getOrDefault(order, 0) == OrderRows.HELD;
    }

    /** One that is neither paid nor given up is on its way, and says nothing. */
    static Set<String> wrong(Map<String, Integer> statuses, Set<String> reserved, Set<String> paid) {
        Set<String> all = new HashSet<>(statuses.keySet());
        all.addAll(reserved);
        all.addAll(paid);
        all.removeIf(order -> {
            int status = statuses.getOrDefault(order, OrderRows.FAILED);
            boolean isPaid = status == OrderRows.PAID_STATUS;
            return status == OrderRows.CREATED
                    || (reserved.contains(order) == isPaid && paid.contains(order) == isPaid);
        });
        return all;
    }

    private static String some(List<String> orders) {
        return orders.size() <= 3 ? String.join(", ", orders) : String.join(", ", orders.subList(0, 3)) + " and more";
    }
}
