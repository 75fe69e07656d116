package dev.assent.rm.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** XA without a transaction manager: nothing is logged, so nothing could be recovered. The bound for the others. */
final class ByHand implements Contender {
    private static final int FORMAT_ID = 0x48414E44;

    private final AtomicLong transactions =
            new AtomicLong(ProcessHandle.current().pid() << 32);

    private final Optional<ExecutorService> parallel;

    /** Branches are prepared and committed one after the other, or at the same time on threads of {@code parallel}. */
    ByHand(Optional<ExecutorService> parallel) {
        this.parallel = parallel;
    }

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        long transaction = transactions.incrementAndGet();
        for (int i = 0; i < branches.size(); i++) {
            PinnedBranch branch = branches.get(i);
            branch.resource().start(xid(transaction, i), XAResource.TMNOFLAGS);
            branch.work(id);
            branch.resource().end(xid(transaction, i), XAResource.TMSUCCESS);
        }
        List<Callable<Boolean>> prepares = new ArrayList<>();
        List<Callable<Boolean>> commits = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            XAResource resource = branches.get(i).resource();
            Xid xid = xid(transaction, i);
            prepares.add(() -> resource.prepare(xid) == XAResource.XA_OK);
            commits.add(() -> {
                resource.commit(xid, false);
                return true;
            });
        }
        all(prepares);
        all(commits);
    }

    /** The last one on the caller's thread. */
    private void all(List<Callable<Boolean>> calls) throws Exception {
        List<Future<Boolean>> others = new ArrayList<>();
        for (Callable<Boolean> call : calls.subList(0, calls.size() - 1)) {
            if (parallel.isPresent()) {
                others.add(parallel.get().submit(call));
            } else {
                require(call.call());
            }
        }
        require(calls.get(calls.size() - 1).call());
        for (Future<Boolean> other : others) {
            require(other.get());
        }
    }

    private static void require(boolean yes) throws XAException {
        if (!yes) {
            throw new XAException("a branch did not vote yes");
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
    public void close() {
        parallel.ifPresent(ExecutorService::shutdown);
    }
}
