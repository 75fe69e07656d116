package dev.assent.rm.xa.quirk;

import javax.transaction.xa.XAResource;

/**
 * What a resource manager can do of X/Open XA that many databases announce and do not do. Only what the user says of
 * his resource manager is believed, and of some drivers not even that.
 *
 * @param joins work over several connections of it shares one branch ({@code isSameRM}, {@code TMJOIN})
 * @param suspends the work of a connection can be suspended and taken up again ({@code TMSUSPEND}, {@code TMRESUME})
 * @param truthful its driver's answers to prepare and to a one-phase commit are true as they stand, also for work that
 *     had failed, or that the application has ended by SQL
 */
public record XaAbilities(boolean joins, boolean suspends, boolean truthful) {
    /** What is taken for granted: nothing. */
    public static final XaAbilities NONE = new XaAbilities(false, false, false);

    /** Of the clauses on joins and suspension; that says nothing of its answers. */
    public static final XaAbilities JOINS_AND_SUSPENDS = new XaAbilities(true, true, false);

    public static final XaAbilities TRUTHFUL = new XaAbilities(false, false, true);

    /** What is used of these with that driver. */
    public XaAbilities with(XAResource driver) {
        return KnownDatabases.ofDriver(driver)
                .map(database -> database.abilities(this))
                .orElse(this);
    }
}
