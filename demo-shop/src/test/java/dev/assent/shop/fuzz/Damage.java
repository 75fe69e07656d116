package dev.assent.shop.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes bad input of good: everything follows from the seed. */
final class Damage {
    /** What is made is no longer. */
    static final int BYTES_MAX = 64 << 10;

    private static final int[] NASTY = {
        -1, 0, 1, 2, 127, 128, 255, 256, 0x7fff, 0xffff, 1 << 20, 0x7fff_fff0, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    private final SplittableRandom random;
    private final Target target;

    Damage(Target target, long seed) {
        this.target = target;
        this.random = new SplittableRandom(seed);
    }

    byte[] next() {
        if (random.nextInt(20) == 0) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            return bytes;
        }
        byte[] bytes = any(target.samples()).clone();
        for (int times = random.nextInt(4); times >= 0; times--) {
            bytes = hurt(bytes);
        }
        return bytes.length > BYTES_MAX ? Arrays.copyOf(bytes, BYTES_MAX) : bytes;
    }

    private byte[] any(List<byte[]> those) {
        return those.get(random.nextInt(those.size()));
    }

    private byte[] hurt(byte[] bytes) {
        return switch (random.nextInt(9)) {
            case 0 -> bit(bytes);
            case 1 -> number(bytes);
            case 2 -> Arrays.copyOf(bytes, at(bytes));
            case 3 -> spliced(bytes, any(target.samples()));
            case 4 -> without(bytes);
            case 5 -> again(bytes, 1 + random.nextInt(3));
            case 6 -> again(bytes, 1 << random.nextInt(12));
            case 7 -> target.words().isEmpty() ? one(bytes) : inserted(bytes, any(target.words()));
            default -> one(bytes);
        };
    }

    /** Anywhere, the end included. */
    private int at(byte[] bytes) {
        return random.nextInt(bytes.length + 1);
    }

    private byte[] bit(byte[] bytes) {
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private byte[] one(byte[] bytes) {
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private byte[] number(byte[] bytes) {
        int value = NASTY[random.nextInt(NASTY.length)];
        int from = at(bytes);
        for (int i = 0; i < Integer.BYTES && from + i < bytes.length; i++) {
            bytes[from + i] = (byte) (value >>> (24 - 8 * i));
        }
        return bytes;
    }

    private byte[] spliced(byte[] bytes, byte[] other) {
        int from = random.nextInt(other.length + 1);
        return joined(Arrays.copyOf(bytes, at(bytes)), Arrays.copyOfRange(other, from, other.length), new byte[0]);
    }

    private byte[] without(byte[] bytes) {
        int from = at(bytes);
        int to = Math.min(bytes.length, from + random.nextInt(9));
        return joined(Arrays.copyOf(bytes, from), new byte[0], Arrays.copyOfRange(bytes, to, bytes.length));
    }

    private byte[] again(byte[] bytes, int times) {
        int from = at(bytes);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(16));
        ByteArrayOutputStream more = new ByteArrayOutputStream();
        for (int i = 0; i < times && more.size() < BYTES_MAX; i++) {
            more.write(bytes, from, to - from);
        }
        return joined(Arrays.copyOf(bytes, to), more.toByteArray(), Arrays.copyOfRange(bytes, to, bytes.length));
    }

    private byte[] inserted(byte[] bytes, byte[] word) {
        int from = at(bytes);
        return joined(Arrays.copyOf(bytes, from), word, Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private static byte[] joined(byte[] first, byte[] second, byte[] third) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(first.length + second.length + third.length);
        all.writeBytes(first);
        all.writeBytes(second);
        all.writeBytes(third);
        return all.toByteArray();
    }
}
