package dev.assent.coordination.server;

import static dev.assent.coordination.server.WireCalls.OPEN;
import static dev.assent.coordination.server.WireCalls.acl;
import static dev.assent.coordination.server.WireCalls.addWatch;
import static dev.assent.coordination.server.WireCalls.auth;
import static dev.assent.coordination.server.WireCalls.call;
import static dev.assent.coordination.server.WireCalls.check;
import static dev.assent.coordination.server.WireCalls.count;
import static dev.assent.coordination.server.WireCalls.createTtl;
import static dev.assent.coordination.server.WireCalls.delete;
import static dev.assent.coordination.server.WireCalls.ephemerals;
import static dev.assent.coordination.server.WireCalls.exists;
import static dev.assent.coordination.server.WireCalls.getAcl;
import static dev.assent.coordination.server.WireCalls.getChildren;
import static dev.assent.coordination.server.WireCalls.getData;
import static dev.assent.coordination.server.WireCalls.multi;
import static dev.assent.coordination.server.WireCalls.multiRead;
import static dev.assent.coordination.server.WireCalls.setAcl;
import static dev.assent.coordination.server.WireCalls.setData;
import static dev.assent.coordination.server.WireCalls.setWatches;
import static dev.assent.coordination.server.WireCalls.sync;
import static dev.assent.coordination.server.WireCalls.watches;
import static dev.assent.coordination.server.WireCalls.whoAmI;

import dev.assent.coordination.server.WireCalls.WireCall;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.proto.ReconfigRequest;

/** Requests at and beyond the edges of what is allowed, for which both servers have the same answers. */
final class WireCases {
    /** Longer than the test: only our server removes such znodes here. */
    private static final long LONG = 3_600_000;

    private static final long TTL_MAX = (1L << 40) - 1;
    private static final List<String> PATHS = List.of(
            "a",
            "/",
            "//",
            "/a/",
            "/a//b",
            "/./a",
            "/..",
            "/a\u0000b",
            "/a\u0001",
            "/zookeeper",
            "/zookeeper/config",
            "/zookeeper/x",
            "/no/such",
            "a/b");
    private static final List<String> ADDRESSES = List.of(
            "127.0.0.1",
            "127.0.0.1/8",
            "127.0.0.1/0",
            "127.0.0.1/32",
            "127.0.0.1/33",
            "127.0.0.1/-1",
            "127.0.0.1/x",
            "127.0.0.1/",
            "127.0.0",
            "256.0.0.1",
            "1.2.3.4.5",
            "",
            "::1",
            "::1/64",
            "::",
            "::/0",
            "2001:db8::1",
            "2001:db8::1/128",
            "2001:db8::1/129",
            "2001:db8:0:0:0:0:0:1",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1::2::3",
            "g::1",
            "12345::",
            "::ffff:127.0.0.1",
            "fe80::1%eth0",
            "[::1]",
            "localhost",
            "::1/",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1.2.3.4/08");

    private final List<WireCall> calls = new ArrayList<>();

    private WireCases() {}

    static List<WireCall> all() {
        WireCases cases = new WireCases();
        PATHS.forEach(cases::path);
        cases.modes();
        cases.ephemeral();
        cases.acls();
        cases.versions();
        cases.multis();
        cases.watching();
        cases.identities();
        return cases.calls;
    }

    private void add(WireCall... more) {
        calls.addAll(List.of(more));
    }

    private void path(String path) {
        add(
                WireCalls.create(path, 0),
                WireCalls.create(path, 2),
                createTtl(path, 5, LONG),
                WireCalls.create(OpCode.createContainer, path, "", OPEN, 4));
        add(delete(path, -1), setData(path, "d", -1), setAcl(path, OPEN, -1), sync(path), ephemerals(path));
        add(exists(path, false), exists(path, true), getData(path, false), getAcl(path), count(path));
        add(getChildren(OpCode.getChildren, path, false), getChildren(OpCode.getChildren2, path, false));
        add(
                multi(WireCalls.create(path, 0)),
                multi(check(path, -1)),
                multi(delete(path, -1), WireCalls.create("/never", 0)));
        add(multiRead(getData(path, false), getChildren(OpCode.getChildren, path, false)));
    }

    private void modes() {
        for (int flag = -1; flag < 8; flag++) {
            add(WireCalls.create(OpCode.create, "/c" + flag, "x", OPEN, flag), WireCalls.create("/d" + flag, flag));
            for (long ttl : new long[] {0, LONG, TTL_MAX, TTL_MAX + 1, Long.MAX_VALUE}) {
                String path = "/t" + flag + "-" + ttl;
                add(createTtl(path, flag, ttl), getData(path, false));
            }
        }
        add(
                createTtl("/t", 5, -1),
                createTtl("/t", 6, Long.MIN_VALUE),
                WireCalls.create("/s-", 2),
                WireCalls.create("/s-", 3));
        for (int flag = 0; flag < 5; flag++) {
            add(multi(
                    WireCalls.create("/m" + flag, flag),
                    WireCalls.create(OpCode.create, "/n" + flag, "x", OPEN, flag)));
        }
        add(multi(
                WireCalls.create(OpCode.createContainer, "/mc", "x", OPEN, 4),
                createTtl("/mt", 5, LONG),
                createTtl("/mt", 6, LONG)));
        add(
                WireCalls.create(OpCode.create2, "/null", null, OPEN, 0),
                getData("/null", false),
                setData("/null", "", -1));
        add(getData("/null", false), setData("/null", null, -1), getData("/null", false));
    }

    private void ephemeral() {
        add(
                WireCalls.create("/e", 1),
                WireCalls.create("/e/x", 0),
                WireCalls.create("/e/x", 2),
                WireCalls.create("/e/x", 1),
                multi(WireCalls.create("/e/x", 0)));
        add(createTtl("/e/x", 5, LONG), delete("/e", 7));
        for (String prefix : List.of("/", "", " ", "/e", "e", "/s", "/nothing", "/e/")) {
            add(ephemerals(prefix));
        }
    }

    private void acls() {
        List<List<ACL>> acls = new ArrayList<>(List.of(
                List.of(),
                acl(31, "world", "anyone"),
                acl(31, "world", "other"),
                acl(31, "auth", ""),
                acl(31, "digest", "bob"),
                acl(31, "digest", "bob:h"),
                acl(31, "digest", "bob:h:x"),
                acl(31, "digest", ":"),
                acl(31, "digest", ":x"),
                acl(31, "digest", ""),
                acl(31, "nonsense", "x"),
                acl(31, "", ""),
                acl(0, "world", "anyone"),
                acl(64, "world", "anyone"),
                acl(-1, "world", "anyone"),
                List.of(new ACL(1, new Id("world", "anyone")), new ACL(1, new Id("world", "anyone"))),
                List.of(new ACL(1, new Id("world", "anyone")), new ACL(2, new Id("world", "anyone")))));
        ADDRESSES.forEach(address -> acls.add(acl(31, "ip", address)));
        add(WireCalls.create("/acl", 0));
        for (int i = 0; i < acls.size(); i++) {
            String path = "/acl/" + i;
            add(
                    WireCalls.create(OpCode.create2, path, "x", acls.get(i), 0),
                    getAcl(path),
                    exists(path, true),
                    exists(path, false));
            add(
                    WireCalls.create(path + "m", 0),
                    setAcl(path + "m", acls.get(i), -1),
                    getAcl(path + "m"),
                    getData(path + "m", true));
            add(
                    setData(path + "m", "y", -1),
                    WireCalls.create(path + "m/x", 0),
                    delete(path + "m", -1),
                    count(path + "m"));
        }
        add(
                WireCalls.create(OpCode.create2, "/acl/null", "x", null, 0),
                setAcl("/acl", null, -1),
                exists("/acl/null", false));
    }

    private void versions() {
        add(WireCalls.create("/v", 0));
        for (int version : new int[] {-1, -2, 0, 1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            add(setData("/v", "x", version), setAcl("/v", OPEN, version), multi(check("/v", version), check("/v", -1)));
            add(multi(setData("/v", null, version)), delete("/v", version), WireCalls.create("/v", 0));
        }
        add(
                setData("/zookeeper/quota", "x", -1),
                setData("/zookeeper/config", "x", -1),
                delete("/zookeeper/quota", -1));
        add(
                getData("/zookeeper", false),
                getChildren(OpCode.getChildren2, "/zookeeper", false),
                delete("/zookeeper", 0));
    }

    private void multis() {
        add(multi(), multiRead(), WireCalls.create("/m", 0));
        add(multi(WireCalls.create("/m/a", 0), WireCalls.create("/m/a", 0), WireCalls.create("/m/b", 0)));
        add(
                multi(WireCalls.create("/bad/", 0), WireCalls.create("/m/b", 0)),
                multi(WireCalls.create("/m/b", 0), delete("/m/b", 3), check("/x", 0)));
        add(multi(
                WireCalls.create("/m/c", 0),
                setData("/m/c", "1", 0),
                check("/m/c", 1),
                delete("/m/c", 1),
                WireCalls.create("/m/c", 2)));
        add(multiRead(getData("/m", false), getData("/nope", false), getChildren(OpCode.getChildren, "/m", false)));
    }

    private void watching() {
        add(addWatch("/v", 0), addWatch("/v", 1), addWatch("/nope", 0), addWatch("/v", 2), addWatch("/v", -1));
        for (int type = -1; type < 7; type++) {
            add(getData("/v", true), getChildren(OpCode.getChildren, "/v", true), addWatch("/v", 0), addWatch("/v", 1));
            add(watches(OpCode.checkWatches, "/v", type), watches(OpCode.removeWatches, "/v", type));
            add(watches(OpCode.checkWatches, "/v", type), watches(OpCode.removeWatches, "/none", type));
        }
        List<String> two = List.of("/v", "/gone");
        add(setWatches(0, two, two, two, List.of("/v")), setWatches(1L << 40, two, two, two, List.of("/v")));
        add(
                setData("/v", "x", -1),
                WireCalls.create("/v/c", 0),
                setData("/v/c", "x", -1),
                delete("/v/c", -1),
                delete("/v", -1));
        add(WireCalls.create("/gone", 0), multi(WireCalls.create("/v", 0), delete("/v", -1)));
    }

    private void identities() {
        add(
                whoAmI(),
                auth("ip", ""),
                auth("digest", "bob:secret"),
                auth("digest", "bob:secret"),
                auth("digest", "none"));
        add(auth("digest", "a:b:c"), whoAmI(), WireCalls.create(OpCode.create2, "/own", "x", acl(31, "auth", ""), 0));
        add(
                getAcl("/own"),
                WireCalls.create(OpCode.create2, "/own2", "x", acl(1, "auth", "ignored"), 0),
                getAcl("/own2"));
        for (String scheme : List.of("world", "auth", "nonsense")) {
            add(auth(scheme, "x"), getData("/own", false), getAcl("/own"), exists("/own2", false));
        }
        add(call(OpCode.reconfig, new ReconfigRequest("", "", "", -1)), check("/own", -1), call(999), call(0));
        add(call(OpCode.exists), call(OpCode.getData), call(OpCode.setWatches), call(OpCode.sync), whoAmI());
    }
}
