package dev.assent.rm.operator.doctor;

import java.time.Instant;
import java.util.List;

/**
 * What may be done about a prepared transaction.
 *
 * @param product who made it, in one word
 * @param details what its gid says, in words
 * @param safe what is safe, and why not more
 * @param commands to be typed as they are, the safest first
 */
public record Advice(String product, String details, String safe, List<String> commands) {
    private static final String LOST = " Only if that log is lost for good: a branch of the same transaction that was"
            + " committed elsewhere decides; if none was, roll back.";

    public Advice {
        commands = List.copyOf(commands);
    }

    static Advice of(Finding finding, DatabaseAddress address, long nowEpochMillis) {
        return finding.origin().accept(new ByOrigin(finding.prepared(), address, nowEpochMillis));
    }

    /** One method an origin. */
    private record ByOrigin(Prepared prepared, DatabaseAddress address, long nowEpochMillis)
            implements Origin.Handler<Advice> {

        @Override
        public Advice ours(Origin.Ours origin) {
            long deadline = origin.transaction().deadlineEpochMillis();
            String details = "cluster " + origin.transaction().cluster() + ", "
                    + origin.transaction().key().authority() + ", shard "
                    + origin.transaction().key().shard() + ", incarnation "
                    + origin.transaction().key().incarnation() + ", epoch "
                    + origin.transaction().epoch() + ", deadline " + Instant.ofEpochMilli(deadline)
                    + (deadline > nowEpochMillis ? " (to come)" : " (past)") + ", branch "
                    + origin.branch().number() + " of resource "
                    + origin.branch().resource() + ", gtrid "
                    + origin.transaction();
            String safe = (deadline > nowEpochMillis
                            ? "Wait: its deadline has not come. "
                            : "Start a service that uses this resource, or a coordinator node's service: recovery ends"
                                    + " it by itself. ")
                    + "Never by hand with COMMIT or ROLLBACK PREPARED: what the store has decided counts, and its other"
                    + " branches may have obeyed already.";
            return new Advice(
                    "Assent",
                    details,
                    safe,
                    List.of("./assent tx resolve " + Quoting.shell(prepared.gid()) + " --connect HOST:PORT --jdbc "
                            + Quoting.shell(address.shownFor(prepared.database())) + " --user "
                            + Quoting.shell(prepared.owner()) + " --yes --reason WHY"));
        }

        @Override
        public Advice oursUnreadable(Origin.OursUnreadable origin) {
            return new Advice(
                    "Assent?",
                    "format id of Assent, but " + origin.why(),
                    "Leave it: a newer version of Assent may have made it, and that version ends it.",
                    List.of());
        }

        @Override
        public Advice atomikos(Origin.Atomikos origin) {
            String name = origin.node().isEmpty() ? "" : ", com.atomikos.icatch.tm_unique_name=" + origin.node();
            return byHand(
                    "Atomikos",
                    "coordinator " + origin.coordinator() + name + begun(origin.begunEpochMillis()),
                    "Start the application with the same unique name and the same log: Atomikos ends it by itself."
                            + LOST);
        }

        @Override
        public Advice narayana(Origin.Narayana origin) {
            return byHand(
                    "Narayana",
                    "transaction " + origin.uid() + ", node identifier '" + origin.node() + "'",
                    "Start the application with the same node identifier and object store: Narayana's periodic recovery"
                            + " ends it." + LOST);
        }

        @Override
        public Advice bitronix(Origin.Bitronix origin) {
            return byHand(
                    "Bitronix",
                    "bitronix.tm.serverId=" + origin.server() + begun(origin.begunEpochMillis()),
                    "Start the application with the same serverId and journal: Bitronix' recoverer ends it." + LOST);
        }

        @Override
        public Advice seata(Origin.Seata origin) {
            return byHand(
                    "Seata",
                    "global transaction " + origin.xid() + ", branch " + origin.branch(),
                    "Ask that Seata server how the global transaction stands, and start the application: the server"
                            + " tells the branch its end." + LOST);
        }

        @Override
        public Advice subscription(Origin.Subscription origin) {
            return new Advice(
                    "PostgreSQL",
                    "logical replication, subscription with oid " + origin.subscriptionId() + ", xid "
                            + origin.remoteXid() + " of the publisher",
                    "Leave it: it ends as its transaction ends at the publisher. End that one there; a hand here breaks"
                            + " the replication.",
                    List.of());
        }

        @Override
        public Advice otherXa(Origin.OtherXa origin) {
            return byHand(
                    "unknown XA",
                    "format id " + origin.formatId() + " (0x" + Integer.toHexString(origin.formatId()) + ")",
                    "Find the application of user " + Quoting.shown(prepared.owner())
                            + " and start its transaction manager with its own log." + LOST);
        }

        @Override
        public Advice noXa(Origin.NoXa origin) {
            return byHand(
                    "unknown",
                    "no XID in the form of a JDBC driver: prepared by hand, or by a program that is no Java",
                    "Ask who works as user " + Quoting.shown(prepared.owner())
                            + " in this database. If nobody knows of a second branch, roll back.");
        }

        private static String begun(long epochMillis) {
            return epochMillis < 0 ? "" : ", begun " + Instant.ofEpochMilli(epochMillis);
        }

        private Advice byHand(String product, String details, String safe) {
            String rollback = PreparedEnd.Way.ROLLBACK.sql(prepared.gid());
            String there = address.shownFor(prepared.database());
            String owner = Quoting.shell(prepared.owner());
            return new Advice(
                    product,
                    details,
                    safe,
                    List.of(
                            "./assent doctor " + Quoting.shell(there) + " --user " + owner + " --rollback "
                                    + Quoting.shell(prepared.gid()) + " --yes",
                            "psql " + Quoting.shell(there.substring("jdbc:".length())) + " -U " + owner + " -c "
                                    + Quoting.shell(rollback)));
        }
    }
}
