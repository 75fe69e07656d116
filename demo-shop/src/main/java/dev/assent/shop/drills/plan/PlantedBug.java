package dev.assent.shop.drills.plan;

import java.util.Locale;

/**
 * Does to a running system what would come of it without a protection. A drill that stays green under its bug shows
 * nothing.
 */
public enum PlantedBug {
    DECISION_NOT_KEPT(
            "decisions are durable before anybody is told to commit", "decision records vanish from the store"),
    NO_TAKEOVER("the other nodes take a dead one's work over", "the other nodes are frozen while it is away"),
    ENDED_BY_GUESS(
            "a branch ends as it was decided, however long that takes", "prepared branches are rolled back by hand"),
    OUTBOX_NOT_KEPT("an event's row stays until the broker has it", "the outbox is emptied while nobody publishes"),
    INBOX_NOT_KEPT("a consumer remembers what it has seen", "the inbox is emptied"),
    RENEWAL_NOT_SEEN(
            "a new certificate is used without a restart", "the new certificate is put where nobody looks for it");

    private final String protection;
    private final String text;

    PlantedBug(String protection, String text) {
        this.protection = protection;
        this.text = text;
    }

    /** What the drill rehearses, and the bug switches off. */
    public String protection() {
        return protection;
    }

    public String text() {
        return text;
    }

    /** As it is asked for. */
    public String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
