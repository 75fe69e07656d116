package dev.assent.shop.soak;

import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.demo.parts.Victims;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Kills one after the other, and starts them again. Some are spared once the beginning is over, so that what they hold can be
 * compared.
 */
final class Striker {
    private static final int LOOKS_MAX = 20;
    private static final long LOOK_MILLIS = 1_000;

    private final Shop shop;
    private final Victims victims;
    private final Mixture mixture;
    private final Consumer<String> progress;
    private final String sparedService;
    private final String sparedNode;
    private final List<String> faults = new ArrayList<>();
    private int blows;

    Striker(Shop shop, Victims victims, SplittableRandom random, Consumer<String> progress) {
        this.shop = shop;
        this.victims = victims;
        this.progress = progress;
        List<String> services = List.of("order", "inventory", "payment");
        this.sparedService = services.get(random.nextInt(services.size()));
        List<String> nodes = victims.without(List.of());
        this.sparedNode = nodes.get(random.nextInt(nodes.size()));
        this.mixture = new Mixture(random.split());
    }

    /** The processes that live through all but the beginning. */
    List<String> spared() {
        return List.of(sparedNode, sparedService, Shop.RELAY, Shop.SHIPPING);
    }

    int blows() {
        return blows;
    }

    /** Anybody. */
    void strikeUntil(long endNanos) throws IOException, InterruptedException {
        strike(List.of(Victim.values()), List.of(), endNanos);
    }

    /** Anybody but the spared. */
    void strikeOthersUntil(long endNanos) throws IOException, InterruptedException {
        List<Victim> others = new ArrayList<>(List.of(Victim.values()));
        others.removeAll(List.of(
                Victim.COORDINATORS,
                Victim.RELAY,
                Victim.SHIPPING,
                Victim.valueOf(sparedService.toUpperCase(Locale.ROOT))));
        strike(others, spared(), endNanos);
    }

    private void strike(List<Victim> whom, List<String> spared, long endNanos)
            throws IOException, InterruptedException {
        while (System.nanoTime() < endNanos) {
            Mixture.Blow blow = mixture.blow(whom);
            List<String> names = new ArrayList<>(names(blow.victim()));
            names.removeAll(spared);
            if (names.isEmpty()) {
                continue; // the spared node leads just now
            }
            requireAlive(names);
            blows++;
            progress.accept("kill -9 " + String.join(", ", names));
            shop.kill(names);
            Pauses.pause(blow.downtime().toMillis());
            shop.restart(names);
            Pauses.pause(blow.calm().toMillis());
        }
    }

    /** A store that was just killed may not say at once who leads. */
    private String leader() throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return victims.leader();
            } catch (IOException away) {
                if (attempt == LOOKS_MAX) {
                    throw away;
                }
                Pauses.pause(LOOK_MILLIS);
            }
        }
    }

    /** Nobody but this one ends a process: one that is gone has ended by itself. */
    private void requireAlive(List<String> names) {
        names.stream()
                .filter(name -> !shop.process(name).isAlive())
                .forEach(name -> faults.add(name + " ended by itself; its log says why"));
    }

    /** What is not as it should be, so far: who ended by itself. */
    List<String> faults() {
        List<String> all = new ArrayList<>(victims.without(List.of()));
        all.addAll(List.of("order", "inventory", shop.payment(), Shop.SHIPPING, Shop.RELAY));
        all.addAll(List.of(Shop.BROKER, Shop.POSTGRES_1, Shop.POSTGRES_2));
        requireAlive(all);
        return faults;
    }

    private List<String> names(Victim victim) throws IOException, InterruptedException {
        return switch (victim) {
            case LEADER -> List.of(leader());
            case FOLLOWER ->
                victims.without(List.of(leader(), sparedNode)).stream().limit(1).toList();
            case COORDINATORS -> victims.without(List.of());
            case RELAY -> List.of(Shop.RELAY);
            case BROKER -> List.of(Shop.BROKER);
            case ORDER -> List.of("order");
            case INVENTORY -> List.of("inventory");
            case PAYMENT -> List.of(shop.payment());
            case SHIPPING -> List.of(Shop.SHIPPING);
            case DATABASE_1 -> List.of(Shop.POSTGRES_1);
            case DATABASE_2 -> List.of(Shop.POSTGRES_2);
        };
    }
}
