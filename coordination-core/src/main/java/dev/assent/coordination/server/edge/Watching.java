package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.Response;
import dev.assent.coordination.jute.WatchingRequest;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Permission;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.server.ordering.Client;
import dev.assent.coordination.tree.Access;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.WatchMode;
import dev.assent.coordination.tree.Watches;
import dev.assent.coordination.tree.Watches.Missed;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Answers requests that set or remove watches; to be used only within {@code WatchedTree.watching}. */
final class Watching implements WatchingRequest.Handler<Answer> {
    private static final Answer TOO_MANY = Answer.failed(ErrorCode.THROTTLED_OP);

    private final DataTree tree;
    private final Reading reading;
    private final Watches<Client> watches;
    private final Client client;
    private final List<Missed> missed = new ArrayList<>();

    Watching(DataTree tree, Watches<Client> watches, Client client, SessionId session, int replyBytesMax) {
        this.tree = tree;
        this.reading = new Reading(tree, session, client.identities(), replyBytesMax);
        this.watches = watches;
        this.client = client;
    }

    /** Events to be told before the answer. */
    List<Missed> missed() {
        return missed;
    }

    @Override
    public Answer exists(WatchingRequest.Exists request) {
        return watched(reading.exists(request.read()), true, request.read().path(), WatchMode.DATA);
    }

    @Override
    public Answer getData(WatchingRequest.GetData request) {
        return watched(reading.getData(request.read()), false, request.read().path(), WatchMode.DATA);
    }

    @Override
    public Answer getChildren(WatchingRequest.GetChildren request) {
        return watched(
                reading.getChildren(request.read()), false, request.read().path(), WatchMode.CHILD);
    }

    private Answer watched(Answer answer, boolean evenIfAbsent, String path, WatchMode mode) {
        boolean awaited = evenIfAbsent && answer.error() == ErrorCode.NO_NODE && ZnodePath.problemWith(path) == null;
        boolean set = answer.error() == ErrorCode.OK || awaited;
        return !set || watches.add(client, path, mode) ? answer : TOO_MANY;
    }

    @Override
    public Answer addWatch(WatchingRequest.AddWatch request) {
        Optional<WatchMode> mode = modeOf(request.mode());
        if (mode.isEmpty()) {
            return Answer.failed(ErrorCode.MARSHALLING_ERROR);
        }
        if (ZnodePath.problemWith(request.path()) != null) {
            return Answer.failed(ErrorCode.BAD_ARGUMENTS);
        }
        return watches.add(client, request.path(), mode.get())
                ? Answer.of(new Response.ErrorOf(ErrorCode.OK))
                : TOO_MANY;
    }

    private static Optional<WatchMode> modeOf(int number) {
        return switch (number) {
            case 0 -> Optional.of(WatchMode.PERSISTENT);
            case 1 -> Optional.of(WatchMode.PERSISTENT_RECURSIVE);
            default -> Optional.empty();
        };
    }

    @Override
    public Answer checkWatches(WatchingRequest.CheckWatches request) {
        return ofModes(request.type(), modes -> watches.contains(client, request.path(), modes));
    }

    @Override
    public Answer removeWatches(WatchingRequest.RemoveWatches request) {
        return ofModes(request.type(), modes -> watches.remove(client, request.path(), modes));
    }

    private static Answer ofModes(int type, Predicate<EnumSet<WatchMode>> any) {
        EnumSet<WatchMode> modes = modesOf(type);
        if (modes.isEmpty()) {
            return Answer.failed(ErrorCode.MARSHALLING_ERROR);
        }
        return any.test(modes) ? Answer.EMPTY : Answer.failed(ErrorCode.NO_WATCHER);
    }

    /** The modes that a client's number for some watches stands for; none if it stands for nothing. */
    private static EnumSet<WatchMode> modesOf(int type) {
        return switch (type) {
            case 1 -> EnumSet.of(WatchMode.CHILD);
            case 2 -> EnumSet.of(WatchMode.DATA);
            case 3 -> EnumSet.allOf(WatchMode.class);
            case 4 -> EnumSet.of(WatchMode.PERSISTENT);
            case 5 -> EnumSet.of(WatchMode.PERSISTENT_RECURSIVE);
            default -> EnumSet.noneOf(WatchMode.class);
        };
    }

    @Override
    public Answer setWatches(WatchingRequest.SetWatches request) {
        Optional<List<Missed>> restored = watches.restore(client, request.watches(), tree);
        if (restored.isEmpty()) {
            return TOO_MANY;
        }
        restored.get().stream().filter(this::mayLearn).forEach(missed::add);
        return Answer.EMPTY;
    }

    private boolean mayLearn(Missed event) {
        List<Identity> identities = client.identities();
        return tree.find(event.path())
                .map(node -> Access.permits(node.acl(), Permission.READ, identities))
                .orElse(true);
    }
}
