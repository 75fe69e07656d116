package dev.assent.coordination.tree;

import dev.assent.coordination.bytes.ByteSink;
import dev.assent.coordination.bytes.ByteSource;
import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A whole tree as a stream, in constant memory beyond the tree itself; equal trees of equal history give equal bytes.
 *
 * <pre>
 * snapshot  magic:4 version:4 chunk* end:4 (zero)
 * chunk     length:4 crc32c:4 whole records
 * records   header session* znode*; znodes depth-first from the root, each telling how many children follow
 * header    zxid:8 digest:8 znodes sessions
 * session   id:8 password:16 timeoutMillis
 * znode     name children flags:1 data acl czxid ctime [owner:8] [mzxid mtime pzxid version aversion childrenCreated]
 * </pre>
 *
 * The digest in the header must come out again of what was read.
 */
public final class SnapshotCodec {
    private static final int MAGIC = 0x4153_5431;
    private static final int VERSION = 1;
    private static final int CHUNK_BYTES = 64 * 1024;

    /** More than any record: data is bounded by the frame that brought it. */
    private static final int CHUNK_BYTES_MAX = 256 * 1024 * 1024;

    private static final int FLAG_OWNED = 1;
    private static final int FLAG_CHANGED = 2;
    private static final int SHARED_ACLS_MAX = 65_536;

    private SnapshotCodec() {}

    /** Writes {@code tree}; the stream is flushed, not closed. */
    public static void write(DataTree tree, OutputStream stream) throws IOException {
        ChunkWriter out = new ChunkWriter(new DataOutputStream(stream));
        out.start();
        out.record.int64(tree.zxid().value());
        out.record.int64(tree.digest());
        out.record.varint(tree.znodeCount());
        out.record.varint(tree.sessionCount());
        for (SessionState session : tree.sessions()) {
            out.record.int64(session.id().value());
            out.record.raw(session.password().bytes());
            out.record.signed(session.timeoutMillis());
            out.endRecord();
        }
        Deque<Iterator<Znode>> levels = new ArrayDeque<>();
        writeZnode(tree.root(), out);
        levels.push(tree.root().children().iterator());
        while (!levels.isEmpty()) {
            if (!levels.peek().hasNext()) {
                levels.pop();
                continue;
            }
            Znode node = levels.peek().next();
            writeZnode(node, out);
            if (node.numChildren() > 0) {
                levels.push(node.children().iterator());
            }
        }
        out.finish();
    }

    private static void writeZnode(Znode node, ChunkWriter out) throws IOException {
        ByteSink sink = out.record;
        Znode.History history = node.history();
        boolean changed = !history.equals(Znode.History.NONE);
        sink.text(node.name());
        sink.varint(node.numChildren());
        sink.int8((node.ephemeralOwner() != 0 ? FLAG_OWNED : 0) | (changed ? FLAG_CHANGED : 0));
        sink.data(node.dataBytes());
        sink.acl(node.acl());
        sink.varint(node.czxid());
        sink.varint(node.ctime());
        if (node.ephemeralOwner() != 0) {
            sink.int64(node.ephemeralOwner());
        }
        if (changed) {
            sink.varint(history.mzxid());
            sink.varint(history.mtime());
            sink.varint(history.pzxid());
            sink.signed(history.version());
            sink.signed(history.aversion());
            sink.signed(history.childrenCreated());
        }
        out.endRecord();
    }

    /**
     * Reads a tree that {@link #write} wrote, and verifies it. Reads up to its end and no further.
     *
     * @throws CorruptEncoding if it is not exactly that; other failures are the stream's own
     */
    public static DataTree read(InputStream stream) throws IOException {
        try {
            return new Reader(new ChunkReader(new DataInputStream(stream))).tree();
        } catch (EOFException cutOff) {
            CorruptEncoding corrupt = new CorruptEncoding("the snapshot is cut off");
            corrupt.initCause(cutOff);
            throw corrupt;
        }
    }

    private static final class ChunkWriter {
        private final DataOutputStream out;
        final ByteSink record = new ByteSink(CHUNK_BYTES + 1024);

        ChunkWriter(DataOutputStream out) {
            this.out = out;
        }

        void start() throws IOException {
            out.writeInt(MAGIC);
            out.writeInt(VERSION);
        }

        void endRecord() throws IOException {
            if (record.length() >= CHUNK_BYTES) {
                flush();
            }
        }

        private void flush() throws IOException {
            CRC32C crc = new CRC32C();
            crc.update(record.array(), 0, record.length());
            out.writeInt(record.length());
            out.writeInt((int) crc.getValue());
            out.write(record.array(), 0, record.length());
            record.clear();
        }

        void finish() throws IOException {
            if (record.length() > 0) {
                flush();
            }
            out.writeInt(0);
            out.flush();
        }
    }

    private static final class ChunkReader {
        private final DataInputStream in;
        private ByteSource chunk = new ByteSource(new byte[0]);

        ChunkReader(DataInputStream in) throws IOException {
            this.in = in;
            if (in.readInt() != MAGIC) {
                throw new CorruptEncoding("not a snapshot: it starts with other bytes than one does");
            }
            int version = in.readInt();
            if (version != VERSION) {
                throw new CorruptEncoding("a snapshot of version " + version + "; this release reads " + VERSION);
            }
        }

        /** Positioned at the next record. */
        ByteSource record() throws IOException {
            if (chunk.atEnd()) {
                int length = in.readInt();
                if (length <= 0 || length > CHUNK_BYTES_MAX) {
                    throw new CorruptEncoding("a chunk of " + length + " bytes where records should follow");
                }
                chunk = new ByteSource(verified(length));
            }
            return chunk;
        }

        private byte[] verified(int length) throws IOException {
            int expected = in.readInt();
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException();
            }
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, length);
            if ((int) crc.getValue() != expected) {
                throw new CorruptEncoding("a chunk of " + length + " bytes does not have its checksum");
            }
            return bytes;
        }

        void end() throws IOException {
            chunk.end();
            if (in.readInt() != 0) {
                throw new CorruptEncoding("more records than announced");
            }
        }
    }

    /** A znode whose children are still to come. */
    private static final class OpenZnode {
        final Znode withoutChildren;
        int childrenToCome;
        HashTrie<Znode> children = HashTrie.empty();

        OpenZnode(Znode withoutChildren, int childrenToCome) {
            this.withoutChildren = withoutChildren;
            this.childrenToCome = childrenToCome;
        }
    }

    private static final class Reader {
        private final ChunkReader in;
        private final Map<Acl, Acl> sharedAcls = new HashMap<>();
        private final Deque<OpenZnode> open = new ArrayDeque<>();
        private int childrenToCome;

        Reader(ChunkReader in) {
            this.in = in;
        }

        DataTree tree() throws IOException {
            ByteSource header = in.record();
            long zxid = header.int64();
            if (zxid < 0) {
                throw header.corrupt("a negative zxid");
            }
            long digest = header.int64();
            long znodes = header.varint();
            long sessionCount = header.varint();
            HashTrie<SessionState> sessions = sessions(sessionCount);
            Znode root = znodes();
            in.end();
            DataTree tree = rebuilt(new Zxid(zxid), root, sessions);
            if (tree.digest() != digest || tree.znodeCount() != znodes || tree.sessionCount() != sessionCount) {
                throw new CorruptEncoding("the snapshot at " + tree.zxid() + " does not have its digest");
            }
            return tree;
        }

        private static DataTree rebuilt(Zxid zxid, Znode root, HashTrie<SessionState> sessions) throws CorruptEncoding {
            try {
                return TreeRebuild.tree(zxid, root, sessions);
            } catch (IllegalArgumentException unfit) {
                CorruptEncoding corrupt = new CorruptEncoding("the parts of the snapshot do not fit together");
                corrupt.initCause(unfit);
                throw corrupt;
            }
        }

        private HashTrie<SessionState> sessions(long count) throws IOException {
            HashTrie<SessionState> sessions = HashTrie.empty();
            for (long i = 0; i < count; i++) {
                ByteSource record = in.record();
                long id = record.int64();
                if (id == 0) {
                    throw record.corrupt("session 0");
                }
                SessionPassword password = new SessionPassword(record.raw(SessionPassword.SIZE));
                sessions = sessions.with(new SessionState(new SessionId(id), password, record.signed()));
            }
            return sessions;
        }

        private Znode znodes() throws IOException {
            while (true) {
                Znode complete = znode();
                if (childrenToCome > 0) {
                    open.push(new OpenZnode(complete, childrenToCome));
                    continue;
                }
                while (!open.isEmpty()) {
                    OpenZnode parent = open.element();
                    parent.children = parent.children.with(complete);
                    if (--parent.childrenToCome > 0) {
                        break;
                    }
                    open.pop();
                    complete = parent.withoutChildren.withChildren(parent.children);
                }
                if (open.isEmpty()) {
                    return complete;
                }
            }
        }

        private Znode znode() throws IOException {
            ByteSource record = in.record();
            String name = name(record);
            long children = record.varint();
            if (children < 0 || children > Integer.MAX_VALUE || open.size() > ZnodePath.DEPTH_MAX) {
                throw record.corrupt("a znode with " + children + " children at depth " + open.size());
            }
            childrenToCome = (int) children;
            int flags = record.int8();
            byte[] data = record.data();
            Acl acl = shared(record.acl());
            long czxid = record.varint();
            long ctime = record.varint();
            long owner = (flags & FLAG_OWNED) == 0 ? 0 : record.int64();
            Znode.History history = (flags & FLAG_CHANGED) == 0 ? Znode.History.NONE : history(record);
            return new Znode(new Znode.Birth(name, czxid, ctime, owner), data, acl, history, HashTrie.empty());
        }

        private String name(ByteSource record) throws IOException {
            String name = record.text();
            boolean valid = open.isEmpty()
                    ? name.isEmpty()
                    : name.indexOf('/') < 0 && ZnodePath.problemWith("/" + name) == null;
            if (!valid) {
                throw record.corrupt("a znode of a name that none can have");
            }
            return name;
        }

        private static Znode.History history(ByteSource record) throws IOException {
            return new Znode.History(
                    record.varint(),
                    record.varint(),
                    record.varint(),
                    record.signed(),
                    record.signed(),
                    record.signed());
        }

        private Acl shared(Acl acl) {
            if (sharedAcls.size() < SHARED_ACLS_MAX) {
                sharedAcls.putIfAbsent(acl, acl);
            }
            return sharedAcls.getOrDefault(acl, acl);
        }
    }
}
