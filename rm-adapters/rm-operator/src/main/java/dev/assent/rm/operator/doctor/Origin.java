package dev.assent.rm.operator.doctor;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;

/** Who prepared a transaction, as its gid says. */
public sealed interface Origin {

    /** Assent. */
    record Ours(GlobalTxId transaction, BranchName branch) implements Origin {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.ours(this);
        }
    }

    /** It carries Assent's format id, and is not as this version writes it. */
    record OursUnreadable(String why) implements Origin {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.oursUnreadable(this);
        }
    }

    /**
     * Atomikos.
     *
     * @param node its {@code tm_unique_name}, as far as the id tells where it ends
     * @param coordinator the id under which its log knows the transaction
     * @param begunEpochMillis by the clock of its process; -1 when the id does not say
     */
    record Atomikos(String node, String coordinator, long begunEpochMillis) implements Origin {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.atomikos(this);
        }
    }

    /**
     * Narayana, also inside WildFly, Quarkus and others.
     *
     * @param node its node identifier
     * @param uid under which its object store knows the transaction
     */
    record Narayana(String node, String uid) implements Origin {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.narayana(this);
        }
    }

    /**
     * Bitronix.
     *
     * @param server its unique name, as its settings give it
     * @param begunEpochMillis by the clock of its process
     */
    record Bitronix(String server, long begunEpochMillis) implements Origin {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.bitronix(this);
        }
    }

    /**
     * Seata, in its XA mode.
     *
     * @param xid the global transaction: address of its coordinator and a number
     * @param branch as the coordinator counts; empty when the gid has none
     */
    record Seata(String xid, String branch) implements Origin {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.seata(this);
        }
    }

    /** PostgreSQL's own logical replication, for a subscription with {@code two_phase}. */
    record Subscription(String subscriptionId, String remoteXid) implements Origin {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.subscription(this);
        }
    }

    /** A transaction manager over JDBC whose format id is not known here. */
    record OtherXa(int formatId) implements Origin {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.otherXa(this);
        }
    }

    /** No XID in JDBC's form: prepared by hand, or by something that is no Java. */
    record NoXa() implements Origin {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.noXa(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method an origin. */
    interface Handler<R> {
        R ours(Ours origin);

        R oursUnreadable(OursUnreadable origin);

        R atomikos(Atomikos origin);

        R narayana(Narayana origin);

        R bitronix(Bitronix origin);

        R seata(Seata origin);

        R subscription(Subscription origin);

        R otherXa(OtherXa origin);

        R noXa(NoXa origin);
    }
}
