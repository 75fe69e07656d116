package dev.assent.shop.soak;

/** What a customer was told of one request. */
enum Heard {
    COMMITTED,
    ROLLED_BACK,
    /** In so many words, or by silence. */
    UNKNOWN
}
