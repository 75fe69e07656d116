package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;

/** How far a server is with one leader's epoch, in whatever role: what the classes of the role's phases have in common. */
abstract class Progress<P extends Enum<P>> {
    private final Member member;
    private P phase;
    private Epoch epoch = Epoch.NONE;
    private long movedAtMillis;

    Progress(Member member, P first) {
        this.member = member;
        this.phase = first;
    }

    final P phase() {
        return phase;
    }

    final void enter(P next) {
        phase = next;
        moved();
    }

    /** Something went on, in whatever phase. */
    final void moved() {
        movedAtMillis = member.nowMillis();
    }

    final long movedAtMillis() {
        return movedAtMillis;
    }

    /** The epoch that is being opened, or is open. */
    final Epoch epoch() {
        return epoch;
    }

    /** A new one is being opened, in the phase in which that begins. */
    final void open(Epoch next, P promising) {
        epoch = next;
        enter(promising);
    }
}
