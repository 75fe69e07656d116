package dev.assent.shop.gray;

/** What a caller was told about its transaction. */
public enum Told {
    COMMITTED,
    ROLLED_BACK,
    /** Nobody knew: any one outcome, the same everywhere, is true. */
    UNKNOWN
}
