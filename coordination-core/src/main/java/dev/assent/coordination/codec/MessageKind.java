package dev.assent.coordination.codec;

/** The kinds of peer messages, with the number each has on the wire. */
enum MessageKind {
    NOTIFICATION(1),
    FOLLOWER_INFO(2),
    NEW_EPOCH(3),
    ACK_EPOCH(4),
    DIFF(5),
    TRUNC(6),
    SNAP(7),
    SNAPSHOT_PIECE(8),
    ACK_SNAPSHOT_PIECE(9),
    NEW_LEADER(10),
    ACK_NEW_LEADER(11),
    UP_TO_DATE(12),
    PROPOSE(13),
    ACK(14),
    COMMIT(15),
    INFORM(16),
    PING(17),
    PONG(18),
    START_OVER(19),
    APP(20);

    final int wire;

    MessageKind(int wire) {
        this.wire = wire;
    }

    static MessageKind of(int wire) throws MalformedMessageException {
        for (MessageKind kind : values()) {
            if (kind.wire == wire) {
                return kind;
            }
        }
        throw new MalformedMessageException("peer message of unknown kind " + wire);
    }
}
