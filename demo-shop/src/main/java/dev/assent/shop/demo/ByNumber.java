package dev.assent.shop.demo;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names with a number at the end in the order of their numbers, those without one last. */
final class ByNumber {
    static final Comparator<String> ORDER =
            Comparator.comparingLong(ByNumber::number).thenComparing(Comparator.naturalOrder());

    private static final Pattern NUMBER = Pattern.compile("(\\d{1,9})$");

    private ByNumber() {}

    private static long number(String name) {
        Matcher found = NUMBER.matcher(name);
        return found.find() ? Long.parseLong(found.group(1)) : Long.MAX_VALUE;
    }
}
