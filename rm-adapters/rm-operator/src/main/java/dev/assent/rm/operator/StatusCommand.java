package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.status.ClusterStatus;
import dev.assent.rm.operator.status.StatusReading;
import dev.assent.rm.operator.text.Json;
import dev.assent.rm.operator.text.Table;
import dev.assent.rm.operator.tx.HeldBranch;
import dev.assent.settings.SettingsException;
import dev.assent.store.StoreSession;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells how a whole cluster is. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Tells how the cluster is: the store's servers and who leads them, coordinator nodes and their shards,"
                    + " resources, branches in doubt in the databases given by --jdbc, relays. With an ID: only what"
                    + " these databases hold of that transaction ('tx show' tells more). Changes nothing.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is well", StoreCommand.EXIT_CANNOT, StoreCommand.EXIT_USAGE, "4:something needs somebody"
        })
final class StatusCommand implements Callable<Integer> {
    private final CommandContext surroundings;
    private final Clock clock;

    @Parameters(
            arity = "0..1",
            paramLabel = "ID",
            description = "A gtrid in hexadecimal, a token, or a gid of pg_prepared_xacts.")
    private @Nullable String id;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Option(
            names = "--jdbc",
            paramLabel = "URL",
            description = "A PostgreSQL database in which to look for branches; may be given several times.")
    private final List<String> urls = new ArrayList<>();

    @Mixin
    private final DatabaseOptions database = new DatabaseOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private @Nullable CommandSpec spec;

    StatusCommand(CommandContext surroundings, Clock clock) {
        this.surroundings = surroundings;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        Terminal terminal = new Terminal(spec, surroundings);
        Optional<GlobalTxId> asked = id == null ? Optional.empty() : Optional.of(TransactionArgument.parse(id));
        if (asked.isPresent() && urls.isEmpty()) {
            throw new SettingsException("--jdbc is missing: the databases that may hold branches of it");
        }
        List<DatabaseAddress> addresses = new ArrayList<>();
        for (String url : urls) {
            addresses.add(database.address(url, surroundings));
        }
        try (CoordinatorZnodes opened = store.open(surroundings);
                StoreSession session = StoreSession.open(store.config(surroundings))) {
            return tell(terminal, new StatusReading(opened, session).read(addresses), asked);
        } catch (IOException failed) {
            throw new IOException(Quoting.shown(String.valueOf(failed.getMessage())), failed);
        }
    }

    private int tell(Terminal terminal, ClusterStatus status, Optional<GlobalTxId> asked) {
        List<String> troubles = status.troubles(clock.epochMillis());
        if (asked.isPresent()) {
            return one(terminal, status, asked.get());
        }
        if (output.isJson()) {
            terminal.print(Json.of(json(status, troubles)));
        } else {
            print(terminal, status, troubles);
        }
        return troubles.isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }

    private int one(Terminal terminal, ClusterStatus status, GlobalTxId asked) {
        List<Shown> found = inDoubt(status).stream()
                .filter(each -> each.gtrid().equals(asked.toHex()))
                .toList();
        if (output.isJson()) {
            terminal.print(Json.of(found.stream().map(Shown::json).toList()));
        } else if (found.isEmpty()) {
            terminal.print("none of these databases holds a branch of " + asked.toHex());
        } else {
            inDoubtTable(terminal, found);
        }
        return found.isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }

    private void print(Terminal terminal, ClusterStatus status, List<String> troubles) {
        terminal.print("cluster " + status.cluster());
        Table servers = new Table("STORE", "IS", "ZXID");
        status.servers()
                .forEach(server -> servers.add(
                        server.address(),
                        server.problem().isEmpty() ? server.mode() : Quoting.shown("silent: " + server.problem()),
                        server.zxid()));
        terminal.print(servers.lines(output.width(terminal)));
        Table nodes = new Table("NODE", "ADDRESS", "WEIGHT", "LEADS", "");
        status.board()
                .members()
                .forEach((member, described) -> nodes.add(
                        Quoting.shown(described.name()),
                        Quoting.shown(described.address()),
                        Integer.toString(described.weight()),
                        led(status.board(), member).toString(),
                        described.leaving() ? "leaving" : ""));
        terminal.print(nodes.lines(output.width(terminal)));
        terminal.print("resources: "
                + (status.resources().isEmpty() ? "none" : Quoting.shown(String.join(", ", status.resources()))));
        if (!urls.isEmpty()) {
            inDoubtTable(terminal, inDoubt(status));
        }
        status.relays()
                .forEach((name, relay) -> terminal.print("relay " + Quoting.shown(name) + ": instances "
                        + Quoting.shown(String.join(", ", relay.instances())) + "; "
                        + relay.owners().size() + " shards"));
        terminal.print(troubles.isEmpty() ? "all is well" : "needs somebody:");
        troubles.forEach(trouble -> terminal.print(Table.wrap("  ", Quoting.shown(trouble), output.width(terminal))));
    }

    private static List<Integer> led(ShardBoard board, String member) {
        return board.shards().entrySet().stream()
                .filter(shard -> shard.getValue().holder().equals(member))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void inDoubtTable(Terminal terminal, List<Shown> inDoubt) {
        if (inDoubt.isEmpty()) {
            terminal.print("in doubt: nothing");
            return;
        }
        Table table = new Table("IN DOUBT IN", "BRANCH", "FOR", "DEADLINE", "DECIDED", "GTRID");
        inDoubt.forEach(each -> table.add(
                Quoting.shown(each.branch().database()),
                Integer.toString(each.branch().branch().number()),
                Table.age(each.branch().seconds()),
                each.deadline(),
                each.held().decision(),
                each.gtrid()));
        terminal.print(table.lines(output.width(terminal)));
    }

    /** A branch in doubt, and where it was found. */
    private record Shown(String url, ClusterStatus.InDoubt held) {
        HeldBranch branch() {
            return held.branch();
        }

        String gtrid() {
            return branch().transaction().toHex();
        }

        String deadline() {
            return Instant.ofEpochMilli(branch().transaction().deadlineEpochMillis())
                    .toString();
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("url", url);
            json.put("database", branch().database());
            json.put("gtrid", gtrid());
            json.put("gid", branch().gid());
            json.put("branch", branch().branch().number());
            json.put("seconds", branch().seconds());
            json.put("deadline", deadline());
            json.put("decision", held.decision());
            json.put("next", held.next());
            return json;
        }
    }

    private static List<Shown> inDoubt(ClusterStatus status) {
        List<Shown> all = new ArrayList<>();
        status.databases().forEach((url, held) -> held.inDoubt().forEach(each -> all.add(new Shown(url, each))));
        return all;
    }

    private static Map<String, Object> json(ClusterStatus status, List<String> troubles) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cluster", status.cluster());
        json.put(
                "servers",
                status.servers().stream()
                        .map(server -> Map.of(
                                "address", server.address(),
                                "mode", server.mode(),
                                "zxid", server.zxid(),
                                "problem", server.problem()))
                        .toList());
        List<Object> nodes = new ArrayList<>();
        status.board().members().forEach((member, described) -> {
            Map<String, Object> node = new LinkedHashMap<>();
            node.put("id", member);
            node.put("name", described.name());
            node.put("address", described.address());
            node.put("weight", described.weight());
            node.put("leaving", described.leaving());
            node.put("leads", led(status.board(), member));
            nodes.add(node);
        });
        json.put("nodes", nodes);
        json.put("shards", status.board().shards().size());
        json.put("resources", status.resources());
        json.put("inDoubt", inDoubt(status).stream().map(Shown::json).toList());
        json.put("heuristics", status.heuristics());
        Map<String, Object> relays = new LinkedHashMap<>();
        status.relays().forEach((name, relay) -> {
            Map<String, Object> owners = new LinkedHashMap<>();
            relay.owners().forEach((shard, owner) -> owners.put(Integer.toString(shard), owner.orElse("")));
            relays.put(name, Map.of("instances", relay.instances(), "owners", owners));
        });
        json.put("relays", relays);
        json.put("troubles", troubles);
        return json;
    }
}
