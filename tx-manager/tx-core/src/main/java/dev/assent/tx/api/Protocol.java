package dev.assent.tx.api;

/** How a transaction is committed, chosen when it begins. */
public enum Protocol {
    /** Its outcome is the first record of it in the replicated store. */
    TWO_PHASE,
    /**
     * Its outcome is what a majority of the participants' services and coordinator nodes has accepted: it ends while
     * its coordinator and the whole store are dead. Only for services that keep an acceptor's log.
     */
    THREE_PHASE
}
