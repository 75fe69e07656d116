package dev.assent.shop.drills.system;

import dev.assent.shop.drills.plan.Moment;
import dev.assent.shop.drills.plan.PlantedBug;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a file says of a system.
 *
 * @param directory where the file lies; commands run there
 * @param leader tells the name of the node that leads
 * @param prepared each tells how much is prepared in one place
 * @param moments by moment, what tells how many transactions are in it
 * @param bugs by bug, what switches the protection off
 */
record SystemDescription(
        String name,
        Path directory,
        List<Part> parts,
        Optional<Probe> leader,
        Load load,
        List<Check> checks,
        List<Probe> prepared,
        Map<Moment, Probe> moments,
        Map<PlantedBug, Command> bugs,
        Bounds bounds) {
    SystemDescription {
        parts = List.copyOf(parts);
        checks = List.copyOf(checks);
        prepared = List.copyOf(prepared);
        moments = Map.copyOf(moments);
        bugs = Map.copyOf(bugs);
    }

    /** What a part is. */
    enum Kind {
        NODE,
        SERVICE,
        DATABASE,
        RELAY,
        BROKER
    }

    /** Words of a command, and how long it may take. */
    record Command(List<String> words, Duration within) {
        Command {
            words = List.copyOf(words);
        }
    }

    /**
     * One process, container or machine.
     *
     * @param run a process that drills start and own; then signals do for it what commands do for another
     */
    record Part(
            String name,
            Kind kind,
            Optional<Command> run,
            Map<Act, Command> acts,
            Optional<Probe> ready,
            Duration readyWithin) {
        Part {
            acts = Map.copyOf(acts);
        }
    }

    /** What can be done to a part by command. */
    enum Act {
        START,
        STOP,
        KILL,
        FREEZE,
        THAW
    }

    /** A question that is answered by a text. */
    sealed interface Probe {
        /** For people. */
        String text();

        <R> R accept(Handler<R> handler);

        /** The first column of the first row. */
        record Sql(String url, String query) implements Probe {
            @Override
            public String text() {
                return query;
            }

            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.sql(this);
            }
        }

        /** The body of an answer with a status below 300. */
        record Http(String url) implements Probe {
            @Override
            public String text() {
                return url;
            }

            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.http(this);
            }
        }

        /** What it prints, if it ends with 0. */
        record Output(Command command) implements Probe {
            @Override
            public String text() {
                return String.join(" ", command.words());
            }

            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.output(this);
            }
        }

        /** One method for each. */
        interface Handler<R> {
            R sql(Sql sql);

            R http(Http http);

            R output(Output output);
        }
    }

    /**
     * Something that has to hold once all is at rest.
     *
     * @param expect the answer; <code>${committed}</code> in it is what callers were told of since the system was started
     * @param isAboutAnswers whether it says that callers were told the truth; else that nothing is lost or doubled
     */
    record Check(String name, Probe probe, String expect, boolean isAboutAnswers) {}

    /**
     * What callers send; <code>${id}</code> is a new id for each.
     *
     * @param ask where an unknown outcome can be asked for; the same statuses then mean the same
     */
    record Load(
            int callers,
            String method,
            String url,
            String body,
            Duration timeout,
            List<Integer> committed,
            List<Integer> rolledBack,
            Optional<Ask> ask) {
        Load {
            committed = List.copyOf(committed);
            rolledBack = List.copyOf(rolledBack);
        }
    }

    /** A question for one outcome. */
    record Ask(String url, List<Integer> committed, List<Integer> rolledBack) {
        Ask {
            committed = List.copyOf(committed);
            rolledBack = List.copyOf(rolledBack);
        }
    }

    /** Instead of the drills' own bounds. */
    record Bounds(
            Optional<Duration> pause,
            Optional<Duration> prepared,
            Optional<Duration> servedAgain,
            Optional<Integer> unknown) {}
}
