package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;

import com.atomikos.datasource.RecoverableResource;
import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import dev.assent.rm.testing.LogLines;
import dev.assent.store.SetAside;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A log with znodes that it did not write, or cannot read, or that are very many.
 *
 * <pre>
 * fault:     foreign names, records of a newer version, damaged ones, ones that may not be read; over 1 MiB of names
 * expected:  each is named once and left where it is; branches of an unreadable record are neither committed nor rolled
 *            back; all others are recovered
 * </pre>
 */
@Timeout(240)
@ParameterizedClass
@EnumSource
class OddRecordsTest {
    private static final String TM = "shop";
    private static final String ROOT = "/assent/atomikos/" + TM;

    private final StoreMake make;

    @TempDir
    private Path directory;

    private final List<RecoverableResource> resources = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private StoreMake.RunningStore store;
    private ZooKeeper operator;
    private long counter;

    OddRecordsTest(StoreMake make) {
        this.make = make;
    }

    @BeforeEach
    void startStore() throws Exception {
        store = make.start(directory);
        opened.add(store);
        operator = new ZooKeeper(store.connect(), 10_000, event -> {});
        opened.add(operator);
        open().close(); // makes the directories
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void an_odd_znode_is_named_and_left_alone_and_everything_else_goes_on() throws Exception {
        PreparedBranches orders = new PreparedBranches("orders");
        resources.add(orders);
        String decided = newId();
        String undecided = newId();
        String newer = newId();
        String damaged = newId();
        String hidden = newId();
        List.of(decided, undecided, newer, damaged, hidden).forEach(id -> orders.prepare(id, TM));
        create("/commits/" + decided, "assent-atomikos 1\nstate COMMITTING\nexpires 1\ndomain shop\n");
        create("/commits/" + newer, "assent-atomikos 2\nfate unheard-of\n");
        create("/commits/" + damaged, "\u0000\u0001");
        create("/commits/" + "%zz", "notes");
        create("/resources/" + "%", "notes");
        operator.create(
                ROOT + "/votes/" + hidden,
                new byte[0],
                Collections.singletonList(
                        new ACL( // the client asks the list whether it contains null
                                ZooDefs.Perms.ALL,
                                new Id("digest", DigestAuthenticationProvider.generateDigest("somebody:else")))),
                CreateMode.PERSISTENT);

        try (LogLines lines = LogLines.of(SetAside.class).attach()) {
            ReplicatedLog log = open();
            assertThat(log.isActive()).isTrue();

            assertThat(orders.committed()).containsExactly(decided);
            assertThat(orders.rolledBack()).containsExactly(undecided);
            assertThat(orders.prepared()).containsExactlyInAnyOrder(newer, damaged, hidden);
            for (String odd : List.of(
                    "/commits/" + newer, "/commits/" + damaged, "/commits/%zz", "/resources/%", "/votes/" + hidden)) {
                assertThat(lines.all())
                        .filteredOn(line -> line.startsWith(ROOT + odd + " is set aside"))
                        .hasSize(1);
            }
        }
        Await.until(
                "the decision that was carried out is deleted",
                () -> decisions().size() == 3);
        assertThat(decisions()).containsExactlyInAnyOrder(newer, damaged, "%zz");
    }

    @Test
    void more_than_a_mebibyte_of_names_is_listed() throws Exception {
        PreparedBranches orders = new PreparedBranches("orders");
        resources.add(orders);
        String decided = newId();
        orders.prepare(decided, TM);
        byte[] record =
                "assent-atomikos 1\nstate COMMITTING\nexpires 1\ndomain shop\n".getBytes(StandardCharsets.UTF_8);
        create("/commits/" + decided, new String(record, StandardCharsets.UTF_8));
        String filler = "x".repeat(2_000);
        for (int group = 0; group < 6; group++) {
            List<Op> creates = new ArrayList<>();
            for (int number = 0; number < 100; number++) {
                creates.add(Op.create(
                        ROOT + "/commits/" + filler + group + "-" + number,
                        record,
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        CreateMode.PERSISTENT));
            }
            operator.multi(creates);
        }

        ReplicatedLog log = open();

        assertThat(log.getPendingTransactionRecords()).hasSize(601);
        assertThat(log.isActive()).isTrue();
        assertThat(orders.committed()).containsExactly(decided);
    }

    @Test
    void a_server_that_answers_pings_and_nothing_else_is_left_for_another_connection() throws Exception {
        try (LossyLink link = new LossyLink(store.port())) {
            ReplicatedLog log = open(link.connect(), Duration.ofMinutes(2));
            String id = newId();

            link.answerPingsOnly();
            log.write(new PendingTransactionRecord(id, TxState.COMMITTING, 1, TM));

            assertThat(decisions()).containsExactly(id);
        }
    }

    private void create(String path, String data) throws Exception {
        operator.create(
                ROOT + path, data.getBytes(StandardCharsets.UTF_8), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    private List<String> decisions() throws Exception {
        return operator.getChildren(ROOT + "/commits", false);
    }

    private ReplicatedLog open() throws Exception {
        return open(store.connect(), Duration.ofSeconds(60));
    }

    private ReplicatedLog open(String connect, Duration decisionTimeout) throws Exception {
        LogSettings settings = new LogSettings(
                connect, TM, TM, Optional.empty(), Duration.ofSeconds(60), decisionTimeout, Duration.ofHours(1));
        ReplicatedLog log = ReplicatedLog.open(settings, () -> resources);
        opened.add(log);
        return log;
    }

    /** As old as the epoch of the test, so that it is older than the log that is opened next. */
    private String newId() {
        counter++;
        return TM + 1_600_000_000_000L + String.format("%05d", counter);
    }
}
