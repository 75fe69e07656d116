package dev.assent.store.audit;

import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * A znode for each entry, created once under the next number. When there are too many, the oldest go, some at a time.
 */
public final class ZnodeAuditLog implements AuditLog {
    /** Where it lies. */
    public static final String FOLDER = "/assent/audit";

    /** Entries kept; a little more while the oldest are being removed. */
    static final int ENTRIES_MAX = 10_000;

    /** Oldest entries that are removed with one new one at most. */
    static final int REMOVED_MAX = 200;

    private static final int KEEP_ATTEMPTS_MAX = 100;
    private static final int LINES = 6;

    private final StoreSession session;
    private final SetAside aside;
    private final int entriesMax;

    public ZnodeAuditLog(StoreSession session, SetAside aside) {
        this(session, aside, ENTRIES_MAX);
    }

    /** The same with a limit of its own. */
    ZnodeAuditLog(StoreSession session, SetAside aside, int entriesMax) {
        this.session = session;
        this.aside = aside;
        this.entriesMax = entriesMax;
    }

    @Override
    public void keep(Entry entry) throws IOException {
        byte[] data = format(entry);
        for (int attempt = 0; attempt < KEEP_ATTEMPTS_MAX; attempt++) {
            NavigableSet<Long> numbers = numbers();
            long next = numbers.isEmpty() ? 1 : numbers.last() + 1;
            try {
                session.await(session.create(path(next), data), "keeping an audit entry");
                removeOldest(numbers);
                return;
            } catch (StoreException e) {
                if (!e.is(StoreCode.NODEEXISTS)) { // another operator was quicker
                    throw e;
                }
            }
        }
        throw new IOException("no audit entry could be made in " + KEEP_ATTEMPTS_MAX
                + " attempts: too many operators at once; try again");
    }

    private NavigableSet<Long> numbers() throws IOException {
        NavigableSet<Long> numbers = new TreeSet<>();
        for (String name : names()) {
            OptionalLong number = number(name);
            if (number.isPresent()) {
                numbers.add(number.getAsLong());
            } else {
                aside.report(FOLDER + "/" + name, "it is no audit entry", "Delete it");
            }
        }
        return numbers;
    }

    /** The folder comes with the first entry, in stores that were laid out before there was one. */
    private List<String> names() throws IOException {
        try {
            return session.await(session.syncAndList(FOLDER), "listing audit entries");
        } catch (StoreException e) {
            if (!e.is(StoreCode.NONODE)) {
                throw e;
            }
        }
        try {
            session.await(session.create(FOLDER, new byte[0]), "creating " + FOLDER);
        } catch (StoreException e) {
            if (!e.is(StoreCode.NODEEXISTS)) {
                throw e;
            }
        }
        return List.of();
    }

    private static String path(long number) {
        return FOLDER + String.format(Locale.ROOT, "/%012d", number);
    }

    private static OptionalLong number(String name) {
        return name.matches("\\d{12}") ? OptionalLong.of(Long.parseLong(name)) : OptionalLong.empty();
    }

    private void removeOldest(NavigableSet<Long> numbers) throws IOException {
        int surplus = Math.min(REMOVED_MAX, numbers.size() + 1 - entriesMax);
        for (int removed = 0; removed < surplus; removed++) {
            Long oldest = numbers.pollFirst();
            if (oldest == null) {
                return;
            }
            try {
                session.await(session.delete(path(oldest), -1), "removing an old audit entry");
            } catch (StoreException e) {
                if (!e.is(StoreCode.NONODE)) {
                    throw e;
                }
            }
        }
    }

    private static byte[] format(Entry entry) {
        String text = String.join(
                "\n",
                Long.toString(entry.epochMillis()),
                line(entry.operator()),
                line(entry.action()),
                line(entry.subject()),
                line(entry.reason()),
                line(entry.result()));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String line(String text) {
        String one = text.replaceAll("\\R", " ");
        return one.substring(0, Math.min(CHARS_MAX, one.length()));
    }

    @Override
    public List<Entry> latest(int count) throws IOException {
        List<Long> numbers = new ArrayList<>(numbers());
        Map<String, CompletableFuture<Node>> asked = new LinkedHashMap<>();
        for (long number : numbers.subList(Math.max(0, numbers.size() - count), numbers.size())) {
            asked.put(path(number), session.read(path(number)));
        }
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, CompletableFuture<Node>> question : asked.entrySet()) {
            read(question.getKey(), question.getValue()).ifPresent(entries::add);
        }
        return entries;
    }

    private Optional<Entry> read(String path, CompletableFuture<Node> reply) throws IOException {
        try {
            Node node = session.await(reply, "reading an audit entry");
            return parse(path, new String(node.data(), StandardCharsets.UTF_8));
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return Optional.empty(); // it was the oldest
            }
            throw e;
        }
    }

    private Optional<Entry> parse(String path, String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length != LINES || !lines[0].matches("\\d{1,18}")) {
            aside.report(path, "it does not read as an audit entry", "Look at it, and delete it");
            return Optional.empty();
        }
        return Optional.of(new Entry(Long.parseLong(lines[0]), lines[1], lines[2], lines[3], lines[4], lines[5]));
    }
}
