package dev.assent.rm.atomikos;

import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.XADataSource;

/** A data source whose process dies right after the first commit of a branch. */
final class DeadlyXa {
    static final int EXIT_CODE = 137;

    private DeadlyXa() {}

    static XADataSource wrap(XADataSource source, AtomicBoolean dying) {
        return WatchedXa.wrap(source, new WatchedXa.Watch() {
            @Override
            public void before(String method) {}

            @Override
            public void after(String method) {
                if (method.equals("commit") && dying.compareAndSet(false, true)) {
                    Runtime.getRuntime().halt(EXIT_CODE);
                }
            }
        });
    }
}
