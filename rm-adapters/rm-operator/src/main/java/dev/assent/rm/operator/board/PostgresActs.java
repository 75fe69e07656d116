package dev.assent.rm.operator.board;

import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.rm.operator.doctor.Refusals;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.Evidence;
import dev.assent.rm.operator.tx.HeldBranch;
import dev.assent.rm.operator.tx.Resolution;
import dev.assent.rm.operator.tx.ResolutionRule;
import dev.assent.rm.operator.tx.ResolutionText;
import dev.assent.rm.operator.tx.Resolver;
import dev.assent.rm.operator.tx.TransactionIds;
import dev.assent.time.Clock;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.store.OperatorActs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The commands {@code tx resolve}, {@code retry} and {@code forget} for nodes, which find it as a service. Thread-safe. */
public final class PostgresActs implements OperatorActs {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @Override
    public GlobalTxId named(String text) {
        return TransactionIds.parse(text);
    }

    @Override
    public Done resolve(Means means, Order order, GlobalTxId transaction) throws IOException {
        return end(means, new Wanted("resolve", order), transaction);
    }

    @Override
    public Done retry(Means means, Order order, GlobalTxId transaction) throws IOException {
        return end(means, new Wanted("retry", order), transaction);
    }

    private record Wanted(String action, Order order) {
        Resolution conclude(Evidence evidence) {
            Resolution all = ResolutionRule.conclude(evidence);
            return action.equals("retry") ? ResolutionRule.withoutDeciding(all) : all;
        }

        Resolver.Order asOrder() {
            return new Resolver.Order(order.operator(), action, order.reason(), order.expected());
        }
    }

    private static Done end(Means means, Wanted wanted, GlobalTxId transaction) throws IOException {
        List<String> lines = new ArrayList<>();
        AtomicBoolean areAllAsked = new AtomicBoolean(true);
        List<DatabaseAddress> addresses = new ArrayList<>();
        for (Database database : means.databases()) {
            if (database.url().startsWith("jdbc:postgresql:")) {
                addresses.add(address(database));
            } else {
                areAllAsked.set(false);
                lines.add(database.name() + " is no PostgreSQL: branches in it are left");
            }
        }
        Databases databases = Databases.each(addresses, failed -> {
            areAllAsked.set(false);
            lines.add(Refusals.explain(failed.address(), failed.refusal()));
        });
        try {
            Resolver resolver = new Resolver(means.store(), means.store().audit(), databases, Clock.SYSTEM);
            Evidence evidence = resolver.evidence(transaction);
            Resolution resolution = wanted.conclude(evidence);
            if (resolution instanceof Resolution.Refuse refusal) {
                lines.add("nothing is done: " + refusal.why());
                if (evidence.held().isEmpty() && !areAllAsked.get()) {
                    lines.add("not every database has answered: a branch of it may be prepared in one that has not");
                }
                return new Done(Done.Kind.REFUSED, lines);
            }
            if (wanted.order().dryRun()) {
                return dryRun(evidence, resolution, wanted.order().expected(), lines);
            }
            return new Done(
                    switch (resolver.carryOut(evidence, resolution, wanted.asOrder(), lines::add)) {
                        case ALL -> areAllAsked.get() ? Done.Kind.COMPLETE : Done.Kind.PARTLY;
                        case SOME -> Done.Kind.PARTLY;
                        case NOTHING -> Done.Kind.REFUSED;
                    },
                    lines);
        } catch (Databases.Failure failed) {
            throw new IOException(Refusals.explain(failed.address(), failed.refusal()), failed);
        }
    }

    private static Done dryRun(
            Evidence evidence, Resolution resolution, Optional<Decision> expected, List<String> lines) {
        lines.add(ResolutionText.would(resolution));
        for (HeldBranch branch : evidence.held()) {
            lines.add("prepared in " + branch.database() + ": " + branch.gid());
        }
        Decision decision = resolution instanceof Resolution.Obey obey ? obey.decision() : Decision.ABORT;
        boolean isExpected = expected.isEmpty() || expected.get() == decision;
        if (!isExpected) {
            lines.add("that is not what is expected: it would not be done");
        }
        return new Done(isExpected ? Done.Kind.WOULD : Done.Kind.REFUSED, lines);
    }

    private static DatabaseAddress address(Database database) {
        return new DatabaseAddress(database.url(), database.user(), database.password(), PATIENCE);
    }

    @Override
    public Done forget(Means means, Order order, GlobalTxId transaction) throws IOException {
        Resolver resolver = new Resolver(means.store(), means.store().audit(), new Databases(List.of()), Clock.SYSTEM);
        List<String> known = resolver.forgettable(transaction);
        if (known.isEmpty()) {
            return new Done(Done.Kind.NOTHING, List.of("no branch of it is known to have decided by itself"));
        }
        if (order.dryRun()) {
            return new Done(
                    Done.Kind.WOULD,
                    known.stream().map(what -> "would forget: " + what).toList());
        }
        List<String> forgotten =
                resolver.forget(transaction, new Resolver.Order(order.operator(), "forget", order.reason()));
        return new Done(
                Done.Kind.COMPLETE,
                forgotten.stream().map(what -> "forgotten: " + what).toList());
    }
}
