package dev.assent.rm.bench;

import java.util.List;

/** A contender whose transactions have the first branch alone. */
final class FirstOnly implements Contender {
    private final Contender other;

    FirstOnly(Contender other) {
        this.other = other;
    }

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        other.transact(branches.subList(0, 1), id);
    }

    @Override
    public void close() {
        other.close();
    }
}
