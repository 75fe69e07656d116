package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.ReadRequest;
import dev.assent.coordination.jute.Response;
import dev.assent.coordination.jute.Response.Results.Result;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Permission;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.Utf8;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.tree.Access;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.DigestScheme;
import dev.assent.coordination.tree.Znode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Answers reads from one tree. Rights: READ for a znode's Stat, data, children and their number; READ or ADMIN for the
 * ACL, in which only ADMIN sees password hashes; none to learn that there is no znode. Watches are {@link Watching}'s.
 */
final class Reading implements ReadRequest.Handler<Answer> {
    private static final Answer NO_NODE = Answer.failed(ErrorCode.NO_NODE);
    private static final Answer NO_AUTH = Answer.failed(ErrorCode.NO_AUTH);
    private static final Answer THROTTLED = Answer.failed(ErrorCode.THROTTLED_OP);

    /** Of a reply to several reads: its header and the mark of the end. */
    private static final int REPLY_BYTES = 16 + 9;
    /** Of one result in it: its header and a length, or an error. */
    private static final int RESULT_BYTES = 9 + Integer.BYTES;

    private static final int STAT_BYTES = 68;

    private final DataTree tree;
    private final SessionId session;
    private final List<Identity> identities;
    private final int replyBytesMax;

    Reading(DataTree tree, SessionId session, List<Identity> identities, int replyBytesMax) {
        this.tree = tree;
        this.session = session;
        this.identities = identities;
        this.replyBytesMax = replyBytesMax;
    }

    @Override
    public Answer exists(ReadRequest.Exists request) {
        if (request.path().indexOf('\0') >= 0) {
            return Answer.failed(ErrorCode.BAD_ARGUMENTS);
        }
        Optional<Znode> found = tree.find(request.path());
        if (found.isEmpty()) {
            return NO_NODE;
        }
        return mayRead(found.get()) ? Answer.of(new Response.StatOf(found.get().stat())) : NO_AUTH;
    }

    @Override
    public Answer getData(ReadRequest.GetData request) {
        Optional<Znode> found = tree.find(request.path());
        if (found.isEmpty()) {
            return NO_NODE;
        }
        Znode node = found.get();
        return mayRead(node) ? Answer.of(new Response.Data(node.data(), node.stat())) : NO_AUTH;
    }

    @Override
    public Answer getChildren(ReadRequest.GetChildren request) {
        Optional<Znode> found = tree.find(request.path());
        if (found.isEmpty()) {
            return NO_NODE;
        }
        Znode node = found.get();
        if (!mayRead(node)) {
            return NO_AUTH;
        }
        return Answer.of(
                request.withStat()
                        ? new Response.NamesAndStat(node.childNames(), node.stat())
                        : new Response.Names(node.childNames()));
    }

    @Override
    public Answer getAcl(ReadRequest.GetAcl request) {
        Optional<Znode> found = tree.find(request.path());
        if (found.isEmpty()) {
            return NO_NODE;
        }
        Znode node = found.get();
        boolean admin = Access.permits(node.acl(), Permission.ADMIN, identities);
        if (!admin && !mayRead(node)) {
            return NO_AUTH;
        }
        return Answer.of(new Response.AclAndStat(admin ? node.acl() : withoutSecrets(node.acl()), node.stat()));
    }

    /** A digest's user without its hash. */
    private static Identity withoutSecret(Identity identity) {
        int colon = identity.id().indexOf(':');
        return identity.scheme().equals(DigestScheme.SCHEME) && colon >= 0
                ? new Identity(DigestScheme.SCHEME, identity.id().substring(0, colon))
                : identity;
    }

    private static Acl withoutSecrets(Acl acl) {
        List<Acl.Entry> entries = new ArrayList<>();
        for (Acl.Entry entry : acl.entries()) {
            Identity identity = entry.identity();
            Identity open = withoutSecret(identity);
            entries.add(
                    open.equals(identity)
                            ? entry
                            : new Acl.Entry(entry.permissionBits(), new Identity(open.scheme(), open.id() + ":x")));
        }
        return new Acl(entries);
    }

    @Override
    public Answer getAllChildrenNumber(ReadRequest.GetAllChildrenNumber request) {
        Optional<Znode> found = tree.find(request.path());
        if (found.isEmpty()) {
            return NO_NODE;
        }
        return mayRead(found.get()) ? Answer.of(new Response.Count(descendants(found.get()))) : NO_AUTH;
    }

    private static int descendants(Znode top) {
        int count = 0;
        Deque<Znode> toVisit = new ArrayDeque<>();
        toVisit.add(top);
        for (Znode node = toVisit.poll(); node != null; node = toVisit.poll()) {
            count += node.numChildren();
            node.children().forEach(toVisit::push);
        }
        return count;
    }

    @Override
    public Answer getEphemerals(ReadRequest.GetEphemerals request) {
        String prefix = request.prefix().isBlank() ? "/" : request.prefix().strip();
        List<String> paths = tree.session(session).stream()
                .flatMap(state -> state.ephemerals().stream())
                .map(ZnodePath::value)
                .filter(path -> path.startsWith(prefix))
                .toList();
        return Answer.of(new Response.Names(paths));
    }

    /**
     * No larger than a frame, as clients end the connection of a larger one; only the first read may bring more, as it
     * would by itself.
     */
    @Override
    public Answer multiRead(ReadRequest.MultiRead request) {
        List<Result> results = new ArrayList<>();
        long room = replyBytesMax
                - REPLY_BYTES
                - (long) RESULT_BYTES * request.reads().size();
        boolean full = false;
        for (ReadRequest.Part read : request.reads()) {
            Answer answer = full ? THROTTLED : read.accept(this);
            room -= sizeOf(answer.body());
            full = full || (room < 0 && !results.isEmpty());
            results.add(
                    answer.error() == ErrorCode.OK && !full
                            ? Result.done(read.opCode(), answer.body())
                            : Result.failed(full ? ErrorCode.THROTTLED_OP : answer.error()));
        }
        return Answer.of(new Response.Results(results));
    }

    /** Beside what {@link #RESULT_BYTES} counts. */
    private static long sizeOf(Response body) {
        if (body instanceof Response.Data data) {
            return (long) STAT_BYTES + data.stat().dataLength();
        }
        return body instanceof Response.Names names
                ? names.names().stream()
                        .mapToLong(name -> Integer.BYTES + Utf8.encode(name).length)
                        .sum()
                : 0;
    }

    @Override
    public Answer whoAmI(ReadRequest.WhoAmI request) {
        return Answer.of(new Response.Identities(
                identities.stream().map(Reading::withoutSecret).toList()));
    }

    private boolean mayRead(Znode node) {
        return Access.permits(node.acl(), Permission.READ, identities);
    }
}
