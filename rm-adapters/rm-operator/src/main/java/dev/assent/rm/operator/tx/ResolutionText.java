package dev.assent.rm.operator.tx;

import dev.assent.tx.model.Decision;

/** What a resolution would do, in words. */
public final class ResolutionText {
    private ResolutionText() {}

    public static String would(Resolution resolution) {
        return resolution.accept(new Resolution.Handler<>() {
            @Override
            public String obey(Resolution.Obey obey) {
                return (obey.decision() == Decision.COMMIT ? "would commit" : "would roll back")
                        + " the branches that are prepared: " + obey.why();
            }

            @Override
            public String decideAbort(Resolution.DecideAbort abort) {
                return "would decide ABORT, unless COMMIT is decided first, and have that carried out: its deadline has"
                        + " passed and nothing is decided";
            }

            @Override
            public String refuse(Resolution.Refuse refusal) {
                return "would do nothing: " + refusal.why();
            }
        });
    }
}
