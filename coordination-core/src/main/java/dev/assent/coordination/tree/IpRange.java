package dev.assent.coordination.tree;

import java.util.Arrays;
import java.util.Optional;

/**
 * ZooKeeper's {@code ip} scheme: an address of IPv4 or IPv6, or the leading bits of one as in {@code 10.1.0.0/16} or
 * {@code 2001:db8::/32}. Numbers only: nothing is ever resolved.
 */
final class IpRange {
    static final String SCHEME = "ip";

    private static final int V4_BYTES = 4;
    private static final int V6_GROUPS = 8;
    private static final int V6_BYTES = 2 * V6_GROUPS;
    private static final String GAP = "::";

    private final byte[] network;
    private final int bits;

    private IpRange(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    static boolean isValid(String range) {
        return parse(range).isPresent();
    }

    /** Whether {@code address} lies in {@code range}; never across the two families. */
    static boolean matches(String range, String address) {
        Optional<byte[]> host = addressOf(withoutZone(address));
        return host.isPresent()
                && parse(range).filter(parsed -> parsed.contains(host.get())).isPresent();
    }

    private boolean contains(byte[] host) {
        if (host.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += Byte.SIZE) {
            int mask = bits - bit >= Byte.SIZE ? 0xff : 0xff << (Byte.SIZE - (bits - bit));
            if (((network[bit / Byte.SIZE] ^ host[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static Optional<IpRange> parse(String range) {
        int slash = range.indexOf('/');
        Optional<byte[]> network = addressOf(slash < 0 ? range : range.substring(0, slash));
        if (network.isEmpty()) {
            return Optional.empty();
        }
        int bitsMax = network.get().length * Byte.SIZE;
        int bits = slash < 0 ? bitsMax : decimal(range.substring(slash + 1));
        return bits < 0 || bits > bitsMax ? Optional.empty() : Optional.of(new IpRange(network.get(), bits));
    }

    /** An address of this host's own view may name the interface. */
    private static String withoutZone(String address) {
        int percent = address.indexOf('%');
        return percent < 0 ? address : address.substring(0, percent);
    }

    private static Optional<byte[]> addressOf(String text) {
        return text.indexOf(':') < 0 ? v4(text) : v6(text);
    }

    private static Optional<byte[]> v4(String text) {
        int[] numbers =
                Arrays.stream(text.split("\\.", -1)).mapToInt(IpRange::decimal).toArray();
        if (numbers.length != V4_BYTES || Arrays.stream(numbers).anyMatch(n -> n < 0 || n > 255)) {
            return Optional.empty();
        }
        byte[] bytes = new byte[V4_BYTES];
        for (int i = 0; i < V4_BYTES; i++) {
            bytes[i] = (byte) numbers[i];
        }
        return Optional.of(bytes);
    }

    /** RFC 4291, 2.2, without the mixed form: groups of hexadecimal digits, one run of zeros left out at most. */
    private static Optional<byte[]> v6(String text) {
        int gap = text.indexOf(GAP);
        int[] left = groups(gap < 0 ? text : text.substring(0, gap));
        int[] right = gap < 0 ? new int[0] : groups(text.substring(gap + GAP.length()));
        int count = left.length + right.length;
        boolean fitting = gap < 0 ? count == V6_GROUPS : count < V6_GROUPS;
        if (!fitting
                || Arrays.stream(left).anyMatch(n -> n < 0)
                || Arrays.stream(right).anyMatch(n -> n < 0)) {
            return Optional.empty();
        }
        byte[] bytes = new byte[V6_BYTES];
        put(left, bytes, 0);
        put(right, bytes, V6_BYTES - 2 * right.length);
        return Optional.of(bytes);
    }

    private static int[] groups(String text) {
        return text.isEmpty()
                ? new int[0]
                : Arrays.stream(text.split(":", -1))
                        .mapToInt(IpRange::hexadecimal)
                        .toArray();
    }

    private static void put(int[] groups, byte[] bytes, int from) {
        for (int i = 0; i < groups.length; i++) {
            bytes[from + 2 * i] = (byte) (groups[i] >>> Byte.SIZE);
            bytes[from + 2 * i + 1] = (byte) groups[i];
        }
    }

    private static int hexadecimal(String text) {
        boolean digits = !text.isEmpty()
                && text.length() <= 4
                && text.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80);
        return digits ? Integer.parseInt(text, 16) : -1;
    }

    private static int decimal(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(text) : -1;
    }
}
