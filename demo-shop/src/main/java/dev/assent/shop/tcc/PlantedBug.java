package dev.assent.shop.tcc;

/** What the services of a run do wrong on purpose, to show that the run notices. */
enum PlantedBug {
    NONE,
    /** They confirm and cancel in a transaction of their own, not in the fence's: so a death in between does it twice. */
    OWN_TRANSACTION,
    /** They say that they have cancelled, and have confirmed. */
    CONFIRMS_FOR_CANCEL
}
