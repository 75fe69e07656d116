package dev.assent.saga.store;

import dev.assent.tx.testing.AssentEnsemble;
import dev.assent.tx.testing.TestStore;
import java.io.IOException;
import java.nio.file.Path;

/** The contract on three servers of our own. */
class SagaLogOnAssentEnsembleTest extends SagaLogContract {

    @Override
    TestStore startStore(Path home) throws IOException {
        return new AssentEnsemble(home);
    }
}
