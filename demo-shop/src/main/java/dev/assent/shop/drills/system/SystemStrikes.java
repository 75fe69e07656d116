package dev.assent.shop.drills.system;

import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.Fault;
import dev.assent.shop.drills.plan.Moment;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.plan.Role;
import dev.assent.shop.drills.run.DrillTarget;
import dev.assent.shop.drills.run.DrillTarget.Healing;
import dev.assent.shop.drills.system.SystemDescription.Act;
import dev.assent.shop.drills.system.SystemDescription.Command;
import dev.assent.shop.drills.system.SystemDescription.Kind;
import dev.assent.shop.drills.system.SystemDescription.Part;
import dev.assent.shop.drills.system.SystemDescription.Probe;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Brings faults about in a described system, where its description says how. */
final class SystemStrikes {
    private static final Duration MOMENT_PATIENCE = Duration.ofSeconds(20);
    private static final long LOOK_MILLIS = 2;

    private final SystemDescription system;
    private final PartControl control;
    private final Questions questions;
    private final Shell shell;

    /** What a fault asks of a description. */
    private record Demand(Role role, Moment moment, List<Act> acts) {}

    SystemStrikes(SystemDescription system, PartControl control, Questions questions, Shell shell) {
        this.system = system;
        this.control = control;
        this.questions = questions;
        this.shell = shell;
    }

    /** Empty for what can only be done to a system whose inside is known. */
    private static final class Demands implements Fault.Handler<Optional<Demand>> {
        @Override
        public Optional<Demand> kill(Fault.Kill kill) {
            return Optional.of(new Demand(kill.role(), kill.moment(), List.of(Act.KILL, Act.START)));
        }

        @Override
        public Optional<Demand> freeze(Fault.Freeze freeze) {
            return Optional.of(new Demand(freeze.role(), freeze.moment(), List.of(Act.FREEZE, Act.THAW)));
        }

        @Override
        public Optional<Demand> partition(Fault.Partition partition) {
            return Optional.empty();
        }

        @Override
        public Optional<Demand> disk(Fault.Disk disk) {
            return Optional.empty();
        }

        @Override
        public Optional<Demand> duplicates(Fault.Duplicates duplicates) {
            return Optional.empty();
        }

        @Override
        public Optional<Demand> rollingRestart(Fault.RollingRestart rollingRestart) {
            return Optional.of(new Demand(Role.FOLLOWER, Moment.ANY, List.of(Act.STOP, Act.START)));
        }

        @Override
        public Optional<Demand> clockAhead(Fault.ClockAhead clockAhead) {
            return Optional.empty();
        }

        @Override
        public Optional<Demand> expiry(Fault.Expiry expiry) {
            return Optional.empty();
        }

        @Override
        public Optional<Demand> hostLost(Fault.HostLost hostLost) {
            return Optional.empty();
        }
    }

    /** Why that drill cannot be run on this system; empty if it can. */
    Optional<String> lacks(Drill drill) {
        Optional<Demand> demand = drill.fault().accept(new Demands());
        if (demand.isEmpty()) {
            return Optional.of("a description cannot say how that is done: "
                    + drill.fault().text());
        }
        Moment moment = demand.get().moment();
        if (moment != Moment.ANY && !system.moments().containsKey(moment)) {
            String key = moment.name().toLowerCase(Locale.ROOT).replace('_', '-');
            return Optional.of("the description has no 'moments: " + key + "', a question whose answer is above 0 "
                    + moment.text());
        }
        return lacks(demand.get());
    }

    private Optional<String> lacks(Demand demand) {
        Kind kind = kind(demand.role());
        List<Part> parts = of(kind);
        if (parts.isEmpty()) {
            return Optional.of(
                    "the description has no part of kind " + kind.name().toLowerCase(Locale.ROOT));
        }
        if (kind == Kind.NODE && system.leader().isEmpty()) {
            return Optional.of(
                    "the description has no 'leader', a question whose answer is the name of the leading node");
        }
        for (Part part : parts) {
            for (Act act : demand.acts()) {
                if (!PartControl.can(part, act)) {
                    return Optional.of(
                            part.name() + " has no '" + act.name().toLowerCase(Locale.ROOT) + "' in the description");
                }
            }
        }
        return Optional.empty();
    }

    private static Kind kind(Role role) {
        return switch (role) {
            case LEADER, FOLLOWER, QUORUM -> Kind.NODE;
            case SERVICE -> Kind.SERVICE;
            case DATABASE -> Kind.DATABASE;
            case RELAY -> Kind.RELAY;
            case BROKER -> Kind.BROKER;
        };
    }

    private List<Part> of(Kind kind) {
        return system.parts().stream().filter(part -> part.kind() == kind).toList();
    }

    Optional<Healing> strike(
            Fault fault, Optional<PlantedBug> bug, Consumer<String> say, DrillTarget.Meanwhile meanwhile)
            throws IOException, InterruptedException {
        Demand demand = fault.accept(new Demands()).orElseThrow();
        if (!awaitMoment(demand.moment(), say)) {
            return Optional.empty();
        }
        if (bug.isPresent()) {
            Command command = Optional.ofNullable(system.bugs().get(bug.get())).orElseThrow();
            say.accept("planted bug: " + String.join(" ", command.words()) + " " + shell.run(command));
        }
        if (demand.acts().contains(Act.STOP)) {
            return Optional.of(restartAll(say, meanwhile));
        }
        List<Part> victims = victims(demand.role());
        boolean isKill = demand.acts().contains(Act.KILL);
        for (Part victim : victims) {
            say.accept((isKill ? "killing " : "freezing ") + victim.name());
            if (isKill) {
                control.kill(victim);
            } else {
                control.freeze(victim);
            }
        }
        return Optional.of(heard -> {
            for (Part victim : victims) {
                heard.accept((isKill ? "starting " : "thawing ") + victim.name());
                if (isKill) {
                    control.start(victim);
                } else {
                    control.thaw(victim);
                }
            }
        });
    }

    private Healing restartAll(Consumer<String> say, DrillTarget.Meanwhile meanwhile)
            throws IOException, InterruptedException {
        for (Part node : of(Kind.NODE)) {
            say.accept("restarting " + node.name());
            control.stop(node);
            meanwhile.awaitServed(node.name() + " has ended");
            control.start(node);
        }
        return heard -> heard.accept("every node was restarted");
    }

    private boolean awaitMoment(Moment moment, Consumer<String> say) throws InterruptedException {
        if (moment == Moment.ANY) {
            return true;
        }
        Probe probe = Optional.ofNullable(system.moments().get(moment)).orElseThrow();
        long giveUpNanos = System.nanoTime() + MOMENT_PATIENCE.toNanos();
        while (System.nanoTime() - giveUpNanos < 0) {
            long seen = questions.number(probe).orElse(0L);
            if (seen > 0) {
                say.accept(seen + " transactions are at it: " + moment.text());
                return true;
            }
            Pauses.pause(LOOK_MILLIS);
        }
        return false;
    }

    private List<Part> victims(Role role) throws IOException, InterruptedException {
        List<Part> parts = of(kind(role));
        if (kind(role) != Kind.NODE) {
            return List.of(parts.get(0));
        }
        String name = questions.ask(system.leader().orElseThrow());
        Part leader = parts.stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("the leader is said to be '" + name + "', which is no part"));
        List<Part> others = new ArrayList<>(parts);
        others.remove(leader);
        if (role == Role.LEADER) {
            return List.of(leader);
        }
        List<Part> victims = new ArrayList<>(role == Role.QUORUM ? List.of(leader) : List.of());
        int count = role == Role.QUORUM ? parts.size() / 2 : 1;
        if (others.size() < count) {
            throw new IOException("there are too few nodes for that");
        }
        victims.addAll(others.subList(0, count));
        return victims;
    }
}
