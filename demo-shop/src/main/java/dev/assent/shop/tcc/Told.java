package dev.assent.shop.tcc;

/** What the caller of a transaction heard. */
enum Told {
    COMMITTED,
    ROLLED_BACK,
    /** Nothing, or that it is not known. */
    UNKNOWN,
    /** That its parts ended differently, which never happens here. */
    BROKEN
}
