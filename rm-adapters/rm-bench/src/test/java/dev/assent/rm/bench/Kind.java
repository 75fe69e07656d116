package dev.assent.rm.bench;

/** Who takes part. */
enum Kind {
    BY_HAND("XA by hand, no log"),
    BY_HAND_PARALLEL("the same, parallel"),
    ATOMIKOS("Atomikos, own log"),
    NARAYANA("Narayana, own log"),
    ASSENT("Assent, embedded"),
    COMMIT_POINT("Assent, commit point"),
    ASSENT_REMOTE("Assent, remote"),
    ASSENT_REMOTE_TLS("Assent, remote, TLS"),
    ASSENT_TWO_SERVICES("Assent, two services"),
    ATOMIKOS_REPLICATED("Atomikos, our log"),
    LOCAL_COMMIT("JDBC, one database"),
    ONE_BRANCH("Assent, one branch");

    private final String title;

    Kind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Whether its coordinators are nodes, in processes of their own. */
    boolean isRemote() {
        return this == ASSENT_REMOTE || this == ASSENT_TWO_SERVICES || isSecure();
    }

    /** Whether its nodes and its ensemble, others than everybody else's, speak mutual TLS only. */
    boolean isSecure() {
        return this == ASSENT_REMOTE_TLS;
    }
}
