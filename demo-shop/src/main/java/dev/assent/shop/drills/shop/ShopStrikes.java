package dev.assent.shop.drills.shop;

import dev.assent.shop.demo.parts.Auditor;
import dev.assent.shop.demo.parts.Detours;
import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.demo.parts.Victims;
import dev.assent.shop.drills.plan.Fault;
import dev.assent.shop.drills.plan.Moment;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.plan.Role;
import dev.assent.shop.drills.run.DrillTarget.Healing;
import dev.assent.shop.drills.run.DrillTarget.Meanwhile;
import dev.assent.shop.gray.Signals;
import dev.assent.shop.gray.SlowDisk;
import dev.assent.shop.gray.WrongClock;
import dev.assent.shop.platform.TcpGate;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Brings a fault about in the shop. One strike; one thread. */
public final class ShopStrikes implements Fault.Handler<ShopStrikes.Act> {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    private final Shop shop;
    private final Detours detours;
    private final Victims victims;
    private final Cut cut;
    private final Machines machines;
    private final Optional<PlantedBug> bug;
    private final Consumer<String> say;
    private final Meanwhile meanwhile;
    private final ShopBugs bugs;
    private final ShopClocks clocks;

    /** The disk and the clock of a process, by its name. */
    public record Machines(Function<String, SlowDisk> disks, Function<String, WrongClock> clocks) {}

    /** What is to be done now; an act rather than a deed, since deeds fail in ways of their own. */
    @FunctionalInterface
    interface Act {
        Optional<Healing> strike() throws IOException, InterruptedException, SQLException;
    }

    /** Done to one process. */
    @FunctionalInterface
    private interface Deed {
        void to(String name) throws IOException, InterruptedException;
    }

    public ShopStrikes(
            Shop shop,
            Detours detours,
            Auditor auditor,
            Machines machines,
            Optional<PlantedBug> bug,
            Consumer<String> say,
            Meanwhile meanwhile) {
        this.shop = shop;
        this.detours = detours;
        this.victims = new Victims(shop.layout());
        this.cut = new Cut(detours, auditor);
        this.machines = machines;
        this.bug = bug;
        this.say = say;
        this.meanwhile = meanwhile;
        this.bugs = new ShopBugs(shop, say);
        this.clocks = new ShopClocks(shop);
    }

    /** The act of a fault, with what its bug adds to it. */
    public static Optional<Healing> strike(Fault fault, ShopStrikes strikes)
            throws IOException, InterruptedException, SQLException {
        return fault.accept(strikes).strike();
    }

    @Override
    public Act kill(Fault.Kill kill) {
        return () -> struck(
                kill.role(), kill.moment(), kill.lasts(), names -> shop.kill(names), "kill -9 ", (names, heard) -> {
                    heard.accept("starting " + names + " again");
                    shop.restart(names);
                });
    }

    @Override
    public Act freeze(Fault.Freeze freeze) {
        return () -> struck(
                freeze.role(),
                freeze.moment(),
                freeze.lasts(),
                names -> each(names, name -> Signals.freeze(shop.process(name))),
                "SIGSTOP ",
                (names, heard) -> {
                    heard.accept("SIGCONT " + names);
                    each(names, name -> Signals.thaw(shop.process(name)));
                });
    }

    @Override
    public Act partition(Fault.Partition partition) {
        return () -> struck(
                partition.role(),
                partition.moment(),
                partition.lasts(),
                names -> each(names, name -> detours.toNode(name)
                        .forEach(gate -> gate.bar(partition.direction() == Fault.Direction.ANSWERS_LOST))),
                "barring the services' way to ",
                (names, heard) -> {
                    heard.accept("opening the way to " + names);
                    each(names, name -> detours.toNode(name).forEach(TcpGate::open));
                });
    }

    @Override
    public Act disk(Fault.Disk disk) {
        SlowDisk.Knob knob =
                switch (disk.trouble()) {
                    case STALLS -> SlowDisk.Knob.STALL;
                    case FULL -> SlowDisk.Knob.FULL;
                };
        return () -> struck(
                disk.role(),
                Moment.ANY,
                disk.lasts(),
                names -> each(names, name -> machines.disks().apply(name).set(knob, 1)),
                "turning '" + knob + "' on at the disk of ",
                (names, heard) -> {
                    each(names, name -> machines.disks().apply(name).set(knob, 0));
                    List<String> dead = ended(names, disk.trouble());
                    heard.accept("the disk of " + names + " is well again; ended meanwhile: " + dead);
                    shop.restart(dead);
                });
    }

    /** Who did not outlive its disk. With a full one a node ends, after it has waited for its transactions. */
    private List<String> ended(List<String> names, Fault.DiskTrouble trouble) throws IOException, InterruptedException {
        List<String> dead = new ArrayList<>();
        for (String name : names) {
            if (trouble == Fault.DiskTrouble.FULL && bug.isEmpty()) {
                int unused = shop.process(name).awaitEnd(STOP_PATIENCE);
            }
            if (!shop.process(name).isAlive()) {
                dead.add(name);
            }
        }
        return dead;
    }

    @Override
    public Act duplicates(Fault.Duplicates duplicates) {
        return () -> {
            if (bug.isPresent()) {
                bugs.before(bug.get());
            }
            Republished republished = new Republished(shop.layout().kafkaClient(), "order");
            int events = republished.newest();
            say.accept(events + " events are published once more");
            if (events == 0) {
                return Optional.empty();
            }
            return Optional.of(heard -> {
                republished.awaitConsumed();
                heard.accept("all of them are consumed");
            });
        };
    }

    @Override
    public Act rollingRestart(Fault.RollingRestart rollingRestart) {
        return () -> {
            for (ShopLayout.Node node : shop.layout().nodes()) {
                String name = node.name();
                say.accept("SIGTERM " + name);
                Signals.terminate(shop.process(name));
                int code = shop.process(name).awaitEnd(STOP_PATIENCE);
                say.accept(name + " ended with " + code);
                during(List.of(name), rollingRestart.lasts());
                meanwhile.awaitServed(name + " ended");
                bugs.end();
                say.accept("starting " + name + " again");
                shop.restart(name);
            }
            return Optional.of(heard -> heard.accept("every node was restarted"));
        };
    }

    @Override
    public Act clockAhead(Fault.ClockAhead clockAhead) {
        return () -> struck(
                clockAhead.role(),
                clockAhead.moment(),
                clockAhead.lasts(),
                names -> each(names, name -> {
                    machines.clocks().apply(name).put(clockAhead.ahead());
                    clocks.awaitAhead(name, clockAhead.ahead());
                }),
                "putting the clock forward of ",
                (names, heard) -> {
                    each(names, name -> machines.clocks().apply(name).put(Duration.ZERO));
                    heard.accept("the clock of " + names + " is right again");
                });
    }

    @Override
    public Act expiry(Fault.Expiry expiry) {
        return () -> {
            String name = names(expiry.role(), Optional.empty()).get(0);
            ExpiringCertificate certificate = new ExpiringCertificate(shop.layout(), name, say);
            if (!certificate.expire(detours.toNodesOf("payment"))) {
                return Optional.empty();
            }
            return Optional.of(heard -> {
                if (bug.isPresent()) {
                    heard.accept("planted bug: the new certificate of " + name + " is put where nobody looks for it");
                } else {
                    certificate.renew();
                    heard.accept(name + " has a new certificate; it is not restarted");
                }
            });
        };
    }

    @Override
    public Act hostLost(Fault.HostLost hostLost) {
        return () -> struck(
                hostLost.role(),
                hostLost.moment(),
                hostLost.lasts(),
                names -> {
                    shop.kill(names);
                    each(names, shop::loseDisk);
                },
                "kill -9, and the disk goes: ",
                (names, heard) -> {
                    shop.startPaymentElsewhere();
                    heard.accept("in place of " + names + " there is " + shop.payment());
                });
    }

    /** Done to all of them at once. */
    @FunctionalInterface
    private interface Blow {
        void to(List<String> names) throws IOException, InterruptedException;
    }

    /** The opposite of a blow. */
    @FunctionalInterface
    private interface Cure {
        void of(List<String> names, Consumer<String> say) throws IOException, InterruptedException;
    }

    private Optional<Healing> struck(Role role, Moment moment, Duration lasts, Blow blow, String what, Cure cure)
            throws IOException, InterruptedException, SQLException {
        Optional<Cut.Caught> caught = Optional.empty();
        if (moment != Moment.ANY) {
            caught = cut.await(moment);
            if (caught.isEmpty()) {
                return Optional.empty();
            }
            say.accept("transaction " + caught.get().transaction() + " is held " + moment.text());
        }
        List<String> names = names(role, caught);
        if (bug.isPresent()) {
            bugs.before(bug.get());
        }
        say.accept(what + String.join(", ", names));
        blow.to(names);
        cut.drop();
        during(names, lasts);
        return Optional.of(heard -> {
            bugs.end();
            cure.of(names, heard);
        });
    }

    private void during(List<String> struck, Duration lasts) throws IOException, InterruptedException, SQLException {
        if (bug.isPresent()) {
            bugs.during(bug.get(), victims.without(struck), lasts.toMillis());
        }
    }

    private List<String> names(Role role, Optional<Cut.Caught> caught) throws IOException, InterruptedException {
        return switch (role) {
            case LEADER -> List.of(leader(caught));
            case FOLLOWER -> List.of(victims.follower());
            case QUORUM -> {
                String leader = leader(caught);
                yield List.of(leader, victims.without(List.of(leader)).get(0));
            }
            case SERVICE -> List.of(shop.payment());
            case DATABASE -> List.of(Shop.POSTGRES_2);
            case RELAY -> List.of("relay");
            case BROKER -> List.of(Shop.BROKER);
        };
    }

    private String leader(Optional<Cut.Caught> caught) throws IOException, InterruptedException {
        return caught.isPresent()
                ? victims.leader(caught.get().transaction().key().shard())
                : victims.leader();
    }

    private static void each(List<String> names, Deed deed) throws IOException, InterruptedException {
        for (String name : names) {
            deed.to(name);
        }
    }
}
