package dev.assent.tx.store;

import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.AbsenceBoard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Questions and answers as znodes of text. A question is a gtrid a line, and its number is the zxid of the write that
 * put it, which no other write has; an answer begins with the number of its question.
 */
public final class ZnodeAbsenceBoard implements AbsenceBoard {
    private final StoreSession session;
    private final SetAside aside;

    public ZnodeAbsenceBoard(StoreSession session, SetAside aside) {
        this.session = session;
        this.aside = aside;
    }

    @Override
    public Question ask(ResourceName.Hash resource, Set<GlobalTxId> about) throws IOException {
        put(StoreLayout.asked(resource), lines(List.of(), about));
        Optional<Question> put = question(resource);
        if (put.isEmpty() || !put.get().about().equals(about)) {
            throw new IOException("another process collects records as well, and asked otherwise");
        }
        return put.get();
    }

    private static byte[] lines(List<String> head, Set<GlobalTxId> transactions) {
        List<String> lines = new ArrayList<>(head);
        transactions.forEach(transaction -> lines.add(transaction.toHex()));
        return String.join("\n", lines).getBytes(StandardCharsets.US_ASCII);
    }

    private void put(String path, byte[] data) throws IOException {
        try {
            session.await(session.setData(path, data, -1), "asking after branches");
        } catch (StoreException e) {
            if (!e.is(StoreCode.NONODE)) {
                throw e;
            }
            session.await(session.create(path, data), "asking after branches");
        }
    }

    @Override
    public Optional<Question> question(ResourceName.Hash resource) throws IOException {
        String path = StoreLayout.asked(resource);
        Optional<Node> node = read(path);
        return node.flatMap(found -> transactions(path, text(found))
                .map(about -> new Question(found.stat().modifiedZxid(), about)));
    }

    @Override
    public void answer(ResourceName.Hash resource, Answer answer) throws IOException {
        put(StoreLayout.answered(resource), lines(List.of(Long.toString(answer.question())), answer.inDoubt()));
        if (read(StoreLayout.asked(resource)).isEmpty()) {
            delete(StoreLayout.answered(resource)); // withdrawn meanwhile: whoever did that has not seen the answer
        }
    }

    @Override
    public Optional<Answer> answer(ResourceName.Hash resource) throws IOException {
        String path = StoreLayout.answered(resource);
        Optional<Node> node = read(path);
        if (node.isEmpty()) {
            return Optional.empty();
        }
        List<String> lines = text(node.get());
        try {
            long number = Long.parseLong(lines.get(0));
            return transactions(path, lines.subList(1, lines.size())).map(inDoubt -> new Answer(number, inDoubt));
        } catch (NumberFormatException damaged) {
            unreadable(path, damaged);
            return Optional.empty();
        }
    }

    private Optional<Node> read(String path) throws IOException {
        try {
            return Optional.of(session.await(session.syncAndRead(path), "reading what is asked after branches"));
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static List<String> text(Node node) {
        return Arrays.asList(new String(node.data(), StandardCharsets.US_ASCII).split("\n", -1));
    }

    /** Empty when they cannot be read: no answer, rather than a wrong one. */
    private Optional<Set<GlobalTxId>> transactions(String path, List<String> lines) {
        Set<GlobalTxId> transactions = new LinkedHashSet<>();
        try {
            for (String line : lines) {
                if (!line.isEmpty()) {
                    transactions.add(GlobalTxId.fromHex(line));
                }
            }
        } catch (IllegalArgumentException damaged) {
            unreadable(path, damaged);
            return Optional.empty();
        }
        aside.clear(path);
        return Optional.of(transactions);
    }

    private void unreadable(String path, IllegalArgumentException damaged) {
        aside.report(
                path,
                "it is no list of transactions (" + damaged.getMessage() + "), so records that it concerns are kept",
                "Delete it; it is made anew");
    }

    @Override
    public Set<ResourceName.Hash> resources() throws IOException {
        Set<ResourceName.Hash> resources = new LinkedHashSet<>();
        for (String folder : List.of(StoreLayout.ASKED, StoreLayout.ANSWERED)) {
            for (String name : session.await(session.syncAndList(folder), "listing what is asked after branches")) {
                hash(name).ifPresent(resources::add);
            }
        }
        return resources;
    }

    /** Empty for a name that is none of ours: whoever made that znode takes it away. */
    private static Optional<ResourceName.Hash> hash(String name) {
        try {
            return Optional.of(new ResourceName.Hash(HexFormat.fromHexDigitsToLong(name)));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    @Override
    public void withdraw(ResourceName.Hash resource) throws IOException {
        delete(StoreLayout.asked(resource));
        delete(StoreLayout.answered(resource));
    }

    private void delete(String path) throws IOException {
        try {
            session.await(session.delete(path, -1), "withdrawing a question");
        } catch (StoreException e) {
            if (!e.is(StoreCode.NONODE)) {
                throw e;
            }
        }
    }
}
