package dev.assent.coordination.tree;

import java.util.Arrays;

/** ZooKeeper's {@code ip} scheme: an IPv4 address, or the leading bits of one as in {@code 10.1.0.0/16}. */
final class IpRange {
    static final String SCHEME = "ip";

    private static final int[] NONE = {};

    private IpRange() {}

    static boolean isValid(String range) {
        return addressOf(range).length == 4 && bitsOf(range) >= 0;
    }

    /** Whether {@code address} lies in {@code range}. */
    static boolean matches(String range, String address) {
        int[] network = addressOf(range);
        int[] host = addressOf(address);
        int bits = bitsOf(range);
        if (network.length != 4 || host.length != 4 || bits < 0) {
            return false;
        }
        int mask = bits == 0 ? 0 : -1 << (32 - bits);
        return (packed(network) & mask) == (packed(host) & mask);
    }

    private static int packed(int[] parts) {
        return parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3];
    }

    /** 32 without a slash, -1 if it is not a number of bits. */
    private static int bitsOf(String range) {
        int slash = range.indexOf('/');
        int bits = slash < 0 ? 32 : number(range.substring(slash + 1));
        return bits <= 32 ? bits : -1;
    }

    private static int[] addressOf(String range) {
        int slash = range.indexOf('/');
        String[] parts = (slash < 0 ? range : range.substring(0, slash)).split("\\.", -1);
        int[] numbers = Arrays.stream(parts).mapToInt(IpRange::number).toArray();
        boolean valid = numbers.length == 4 && Arrays.stream(numbers).allMatch(n -> n >= 0 && n <= 255);
        return valid ? numbers : NONE;
    }

    private static int number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(text) : -1;
    }
}
