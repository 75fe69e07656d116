package dev.assent.shop.saga;

/** Of a call, in whoever carries it out. */
enum Moment {
    /** It has written its rows, and not committed. */
    UNCOMMITTED,
    /** It has committed, and not answered. */
    COMMITTED
}
