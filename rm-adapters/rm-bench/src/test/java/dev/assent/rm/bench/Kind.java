package dev.assent.rm.bench;

/** Who takes part. */
enum Kind {
    BY_HAND("XA by hand, no log"),
    ATOMIKOS("Atomikos, own log"),
    NARAYANA("Narayana, own log"),
    ASSENT("Assent, embedded"),
    ATOMIKOS_REPLICATED("Atomikos, our log");

    private final String title;

    Kind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
