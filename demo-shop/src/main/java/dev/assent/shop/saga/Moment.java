package dev.assent.shop.saga;

/** Of a call, in whoever carries it out. */
enum Moment {
    /** It was called, and has written nothing. */
    ENTERED,
    /** It has written its rows, and not committed. */
    UNCOMMITTED,
    /** It has committed, and not answered. */
    COMMITTED,
    /** Its executor has heard the answer, and not written it down. */
    ANSWERED
}
