package dev.assent.rm.bench;

/** Who takes part. */
enum Kind {
    BY_HAND("XA by hand, no log"),
    BY_HAND_PARALLEL("the same, parallel"),
    ATOMIKOS("Atomikos, own log"),
    NARAYANA("Narayana, own log"),
    ASSENT("Assent, embedded"),
    COMMIT_POINT("Assent, commit point"),
    ATOMIKOS_REPLICATED("Atomikos, our log");

    private final String title;

    Kind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
