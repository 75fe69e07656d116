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
    private final Shop shop;
    private final Victims victims;
    private final Mixture mixture;
    private final Consumer<String> progress;
    private final String sparedService;
    private final String sparedNode;
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
            blows++;
            progress.accept("kill -9 " + String.join(", ", names));
            shop.kill(names);
            Pauses.pause(blow.downtime().toMillis());
            shop.restart(names);
            Pauses.pause(blow.calm().toMillis());
        }
    }

    private List<String> names(Victim victim) throws IOException, InterruptedException {
        return switch (victim) {
            case LEADER -> List.of(victims.leader());
            case FOLLOWER ->
                victims.without(List.of(victims.leader(), sparedNode)).stream()
                        .limit(1)
                        .toList();
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
