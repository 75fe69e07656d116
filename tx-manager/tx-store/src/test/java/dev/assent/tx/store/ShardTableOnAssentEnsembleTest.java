package dev.assent.tx.store;

import dev.assent.tx.testing.AssentEnsemble;
import dev.assent.tx.testing.TestStore;
import java.io.IOException;
import java.nio.file.Path;

/** The table's contract on three servers of our own. */
class ShardTableOnAssentEnsembleTest extends ShardTableContract {

    @Override
    TestStore startStore(Path folder) throws IOException {
        return new AssentEnsemble(folder);
    }
}
