package dev.assent.coordination.server.ordering;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.replica.StateMachine;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.SnapshotCodec;
import java.io.IOException;
import java.io.OutputStream;

/** A tree is a frozen state already. */
record TreeSnapshot(DataTree tree) implements StateMachine.Snapshot {

    @Override
    public Zxid zxid() {
        return tree.zxid();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        SnapshotCodec.write(tree, out);
    }
}
