package dev.assent.rm.bench;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** XA without a transaction manager: nothing is logged, so nothing could be recovered. The bound for the others. */
final class ByHand implements Contender {
    private static final int FORMAT_ID = 0x48414E44;

    private final AtomicLong transactions =
            new AtomicLong(ProcessHandle.current().pid() << 32);

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        long transaction = transactions.incrementAndGet();
        for (int i = 0; i < branches.size(); i++) {
            PinnedBranch branch = branches.get(i);
            branch.resource().start(xid(transaction, i), XAResource.TMNOFLAGS);
            branch.work(id);
            branch.resource().end(xid(transaction, i), XAResource.TMSUCCESS);
        }
        for (int i = 0; i < branches.size(); i++) {
            int vote = branches.get(i).resource().prepare(xid(transaction, i));
            if (vote != XAResource.XA_OK) {
                throw new XAException("vote " + vote);
            }
        }
        for (int i = 0; i < branches.size(); i++) {
            branches.get(i).resource().commit(xid(transaction, i), false);
        }
    }

    private static Xid xid(long transaction, int branch) {
        return new HandXid(transaction, branch);
    }

    private record HandXid(long transaction, int branch) implements Xid {
        @Override
        public int getFormatId() {
            return FORMAT_ID;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return ByteBuffer.allocate(Long.BYTES).putLong(transaction).array();
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {(byte) branch};
        }
    }

    @Override
    public void close() {}
}
