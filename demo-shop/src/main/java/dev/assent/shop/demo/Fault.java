package dev.assent.shop.demo;

import dev.assent.shop.demo.parts.Auditor;
import dev.assent.shop.demo.parts.KillTarget;
import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.demo.parts.Tally;
import dev.assent.shop.demo.parts.Victims;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;

/** Kills the drill's victim at the planned moment and starts it again after its downtime. */
final class Fault {
    private static final long LOOK_MILLIS = 20;

    private final Shop shop;
    private final KillTarget target;
    private final DrillPlan plan;
    private final Tally tally;
    private final Consumer<String> progress;
    private final Auditor auditor;
    private volatile Optional<Blackout.Seen> blackout = Optional.empty();

    Fault(Shop shop, KillTarget target, DrillPlan plan, Tally tally, Consumer<String> progress, Auditor auditor) {
        this.auditor = auditor;
        this.shop = shop;
        this.target = target;
        this.plan = plan;
        this.tally = tally;
        this.progress = progress;
    }

    /** Blocks until the victim is back; returns at once when nobody is to be killed. */
    void inject() throws IOException, InterruptedException, SQLException {
        if (target instanceof KillTarget.None) {
            return;
        }
        while (tally.figures().answered() < plan.killAfterCheckouts()) {
            Pauses.pause(LOOK_MILLIS);
        }
        if (target instanceof KillTarget.Coordinators) {
            blackout = Optional.of(new Blackout(shop, auditor, progress).run());
            return;
        }
        String victim = victim();
        progress.accept("kill -9 " + victim + " after " + tally.figures().answered() + " checkouts");
        shop.kill(victim);
        Pauses.pause(plan.downtime().toMillis());
        progress.accept("starting " + victim + " again");
        shop.restart(victim);
        progress.accept(victim + " serves again");
    }

    /** What was seen while all coordinators were dead, if they were. */
    Optional<Blackout.Seen> blackout() {
        return blackout;
    }

    private String victim() throws IOException, InterruptedException {
        if (target instanceof KillTarget.Service service) {
            return service.name();
        }
        if (target instanceof KillTarget.Relay) {
            return "relay";
        }
        if (target instanceof KillTarget.Broker) {
            return Shop.BROKER;
        }
        Victims victims = new Victims(shop.layout());
        return target instanceof KillTarget.Leader ? victims.leader() : victims.follower();
    }
}
