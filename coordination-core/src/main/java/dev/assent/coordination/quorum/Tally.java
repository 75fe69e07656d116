package dev.assent.coordination.quorum;

import dev.assent.coordination.model.ServerId;
import java.util.TreeSet;

/** Counts who supports one question. Supporters that do not vote are remembered but never counted. One thread. */
public final class Tally {
    private final Quorum quorum;
    private final TreeSet<ServerId> supporters = new TreeSet<>();

    public Tally(Quorum quorum) {
        this.quorum = quorum;
    }

    public void add(ServerId supporter) {
        supporters.add(supporter);
    }

    public void remove(ServerId supporter) {
        supporters.remove(supporter);
    }

    public void clear() {
        supporters.clear();
    }

    public boolean isReached() {
        return quorum.isReachedBy(supporters::contains);
    }

    @Override
    public String toString() {
        return supporters + " of " + quorum;
    }
}
