package dev.assent.tx.recovery;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ParsedBranch;
import dev.assent.tx.model.ShardKey;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What a recovery pass over one resource must do. The commands of a plan may run in any order. */
public sealed interface RecoveryCommand {

    /** A COMMIT record names it: commit. Under a fenced epoch acknowledge it in the record afterwards. */
    record Commit(ParsedBranch.Ours branch, boolean acknowledge) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) throws IOException {
            handler.commit(this);
        }
    }

    /** Decided ABORT, or presumed so under a fenced epoch: roll back. */
    record Rollback(ParsedBranch.Ours branch) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) throws IOException {
            handler.rollback(this);
        }
    }

    /** Past its deadline under a live epoch: decide ABORT if nothing is decided, then do what is decided. */
    record Terminate(ParsedBranch.Ours branch, GcMark mark) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) throws IOException {
            handler.terminate(this);
        }
    }

    /** The scan does not show these branches of a decided transaction any more: they have ended. */
    record Acknowledge(GlobalTxId transaction, Set<BranchName> ended) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) throws IOException {
            handler.acknowledge(this);
        }
    }

    /** Records of fenced epochs that say no more than their absence would, and that nobody asks for any more. */
    record Delete(ShardKey shard, List<GlobalTxId> transactions) implements RecoveryCommand {
        @Override
        public void accept(Handler handler) throws IOException {
            handler.delete(this);
        }
    }

    void accept(Handler handler) throws IOException;

    /** One method a command. */
    interface Handler {
        void commit(Commit command) throws IOException;

        void rollback(Rollback command) throws IOException;

        void terminate(Terminate command) throws IOException;

        void acknowledge(Acknowledge command) throws IOException;

        void delete(Delete command) throws IOException;
    }
}
