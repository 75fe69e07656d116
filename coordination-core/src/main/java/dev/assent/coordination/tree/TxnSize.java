package dev.assent.coordination.tree;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Payload;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes of a transaction a change takes up at most, without encoding it. An ACL that names all that a client
 * has authenticated as can be far larger than the request that brought it.
 */
final class TxnSize implements Change.Handler<Long> {
    /** The header of a transaction. */
    static final int HEADER_BYTES = 64;

    private static final TxnSize OF = new TxnSize();
    private static final int FIELDS_BYTES = 32;
    /** In UTF-8. */
    private static final int CHARACTER_BYTES_MAX = 3;

    private TxnSize() {}

    static long of(Change change) {
        return FIELDS_BYTES + (long) CHARACTER_BYTES_MAX * change.path().value().length() + change.accept(OF);
    }

    private static long of(@Nullable Payload data) {
        return data == null ? 0 : data.size();
    }

    private static long of(Acl acl) {
        if (acl.equals(Acl.OPEN)) {
            return 0;
        }
        long bytes = 0;
        for (Acl.Entry entry : acl.entries()) {
            int characters =
                    entry.identity().scheme().length() + entry.identity().id().length();
            bytes += FIELDS_BYTES + (long) CHARACTER_BYTES_MAX * characters;
        }
        return bytes;
    }

    @Override
    public Long create(Change.Create change) {
        return of(change.data()) + of(change.acl());
    }

    @Override
    public Long delete(Change.Delete change) {
        return 0L;
    }

    @Override
    public Long setData(Change.SetData change) {
        return of(change.data());
    }

    @Override
    public Long setAcl(Change.SetAcl change) {
        return of(change.acl());
    }

    @Override
    public Long check(Change.Check change) {
        return 0L;
    }
}
