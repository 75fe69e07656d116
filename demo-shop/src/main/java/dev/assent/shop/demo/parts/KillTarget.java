package dev.assent.shop.demo.parts;

import java.util.List;

/** Whom a drill ends with SIGKILL and later restarts. */
public sealed interface KillTarget {

    record None() implements KillTarget {}

    /** The coordinator node that leads the transactions. */
    record Leader() implements KillTarget {}

    /** A coordinator node that does not lead them. */
    record Follower() implements KillTarget {}

    /** All coordinator nodes at once, and the store that lives in them. */
    record Coordinators() implements KillTarget {}

    /** The outbox relay. */
    record Relay() implements KillTarget {}

    /** The Kafka broker. */
    record Broker() implements KillTarget {}

    /** One of the shop's services, by name. */
    record Service(String name) implements KillTarget {}

    /** The services that can be killed. */
    List<String> SERVICES = List.of("order", "inventory", "payment");

    /**
     * Reads the value of {@code --kill}.
     *
     * @throws IllegalArgumentException it names nothing that can be killed; the message lists what can
     */
    static KillTarget parse(String text) {
        if (text.startsWith("service:")) {
            String name = text.substring("service:".length());
            if (SERVICES.contains(name)) {
                return new Service(name);
            }
        }
        return switch (text) {
            case "none" -> new None();
            case "leader" -> new Leader();
            case "follower" -> new Follower();
            case "coordinators" -> new Coordinators();
            case "relay" -> new Relay();
            case "broker" -> new Broker();
            default ->
                throw new IllegalArgumentException(
                        "cannot kill '" + text
                                + "'; choose none, leader, follower, coordinators, relay, broker, service:order, service:inventory or service:payment");
        };
    }
}
