package dev.assent.tx.node;

import dev.assent.admin.AdminSource;
import dev.assent.admin.view.Znode;
import dev.assent.admin.view.ZnodeAcl;
import dev.assent.admin.view.ZnodeStat;
import dev.assent.admin.view.ZnodeWatches;
import dev.assent.coordination.server.admin.ServerAdmin;
import dev.assent.store.NodeDetail;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** How a znode is shown: what is ours and nothing else, with no more of its data than anybody reads, and no digest. */
final class ShownZnode {
    static final int DATA_BYTES_MAX = 16 << 10;
    private static final String DIGEST = "digest";

    private ShownZnode() {}

    /** Empty if there is none, or none that this node may read. */
    static Optional<Znode> read(
            StoreSession session, Optional<ServerAdmin> server, String path, Optional<String> after, int limit)
            throws IOException {
        requireOurs(path);
        try {
            NodeDetail detail = session.await(session.detail(path), "reading a znode");
            List<String> later = session.await(session.children(path), "listing a znode").stream()
                    .sorted()
                    .filter(name -> after.isEmpty() || name.compareTo(after.get()) > 0)
                    .toList();
            return Optional.of(shown(path, detail, server.map(own -> own.watches(path)), later, limit));
        } catch (StoreException refused) {
            if (refused.is(StoreCode.NONODE) || refused.is(StoreCode.NOAUTH)) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /** The rest of the store belongs to others, who may keep secrets there. */
    private static void requireOurs(String path) {
        boolean isOurs = path.equals(AdminSource.ROOT) || path.startsWith(AdminSource.ROOT + "/");
        boolean isPlain = Arrays.stream(path.substring(1).split("/", -1))
                .noneMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
        if (!isOurs || !isPlain || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("path is " + AdminSource.ROOT + " or one below it");
        }
    }

    private static Znode shown(
            String path, NodeDetail detail, Optional<ZnodeWatches> watches, List<String> later, int limit) {
        byte[] all = detail.node().data();
        byte[] data = Arrays.copyOf(all, Math.min(all.length, DATA_BYTES_MAX));
        Optional<String> text = text(data);
        List<String> children = later.subList(0, Math.min(limit, later.size()));
        return new Znode(
                path,
                text,
                text.isPresent()
                        ? Optional.empty()
                        : Optional.of(Base64.getEncoder().encodeToString(data)),
                all.length > data.length,
                stat(detail, all.length),
                detail.acl().stream().map(ShownZnode::acl).toList(),
                watches,
                children,
                later.size() > limit ? Optional.of(children.get(limit - 1)) : Optional.empty());
    }

    private static Optional<String> text(byte[] data) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
            boolean isPrintable =
                    text.chars().noneMatch(one -> Character.isISOControl(one) && one != '\n' && one != '\t');
            return isPrintable ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException binary) {
            return Optional.empty();
        }
    }

    private static ZnodeStat stat(NodeDetail detail, int dataBytes) {
        var stat = detail.node().stat();
        return new ZnodeStat(
                hex(stat.createdZxid()),
                hex(stat.modifiedZxid()),
                hex(stat.childrenZxid()),
                Instant.ofEpochMilli(detail.createdEpochMillis()),
                Instant.ofEpochMilli(detail.modifiedEpochMillis()),
                stat.version(),
                detail.childrenVersion(),
                detail.aclVersion(),
                dataBytes,
                stat.children(),
                stat.owner() == 0 ? Optional.empty() : Optional.of(hex(stat.owner())));
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }

    /** With the digest of a password, it could be guessed. */
    private static ZnodeAcl acl(NodeDetail.Permission entry) {
        boolean isDigest = entry.scheme().equals(DIGEST);
        String id = isDigest ? entry.id().replaceFirst(":.*", "") + ":(hidden)" : entry.id();
        return new ZnodeAcl(entry.scheme(), id, entry.letters());
    }
}
