package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.disk.DataDirectory;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.net.peer.NettyPeerTransport;
import dev.assent.coordination.net.peer.PeerNetConfig;
import dev.assent.coordination.net.peer.PeerNetLimits;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.coordination.spi.EpochStore.Epochs;
import dev.assent.coordination.spi.SnapshotStore;
import dev.assent.coordination.zab.Proposal;
import dev.assent.coordination.zab.Recovered;
import dev.assent.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
    private static final ServerId MEMBER = new ServerId(1);

    @TempDir
    Path root;

    private DataDirectory directory;
    private NettyPeerTransport transport;
    private ReplicaContext disk;

    @BeforeEach
    void open() throws IOException {
        directory = DataDirectory.open(root, root, MEMBER);
        transport = new NettyPeerTransport(new PeerNetConfig(
                "test",
                MEMBER,
                Set.of(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                peer -> Optional.empty(),
                PeerNetLimits.DEFAULT));
        disk = new ReplicaContext(
                new StoppedClock(), transport, directory.log(), directory.snapshots(), directory.epochs());
    }

    @AfterEach
    void close() throws IOException {
        transport.close();
        directory.close();
    }

    private record StoppedClock() implements Clock {
        @Override
        public long monotonicMillis() {
            return 0;
        }

        @Override
        public long epochMillis() {
            return 0;
        }
    }

    @Test
    void an_empty_directory_is_a_server_that_has_never_run() throws IOException {
        Recovery recovery = Recovery.of(disk);

        assertThat(recovery.recovered()).isEqualTo(Recovered.NOTHING);
        assertThat(recovery.snapshot()).isEmpty();
    }

    @Test
    void the_log_after_the_newest_snapshot_is_recovered_with_the_epochs() throws IOException {
        log(1, 9);
        directory.snapshots().write(zxid(3), out -> out.write(1));
        directory.snapshots().write(zxid(6), out -> out.write(1));
        directory.epochs().save(new Epochs(new Epoch(2), new Epoch(1)));

        Recovered recovered = Recovery.of(disk).recovered();

        assertThat(recovered.snapshot()).isEqualTo(zxid(6));
        assertThat(recovered.log()).extracting(Proposal::zxid).containsExactly(zxid(7), zxid(8), zxid(9));
        assertThat(recovered.accepted()).isEqualTo(new Epoch(2));
        assertThat(recovered.current()).isEqualTo(new Epoch(1));
    }

    @Test
    void an_installation_that_a_crash_interrupted_is_finished() throws IOException {
        log(1, 9);
        receive(zxid(5));

        Recovered recovered = Recovery.of(disk).recovered();

        assertThat(recovered.snapshot()).isEqualTo(zxid(5));
        assertThat(recovered.log()).isEmpty();
        assertThat(directory.log().base()).isEqualTo(zxid(5));
        assertThat(directory.log().last()).isEqualTo(zxid(5));
    }

    @Test
    void what_was_logged_after_a_finished_installation_is_kept() throws IOException {
        log(1, 3);
        receive(zxid(5));
        directory.log().restartAfter(zxid(5));
        log(6, 8);

        assertThat(Recovery.of(disk).recovered().log())
                .extracting(Proposal::zxid)
                .containsExactly(zxid(6), zxid(7), zxid(8));
    }

    @Test
    void a_snapshot_of_more_than_the_log_still_has_is_where_the_log_goes_on() throws IOException {
        log(1, 4);
        directory.snapshots().write(zxid(6), out -> out.write(1));

        Recovered recovered = Recovery.of(disk).recovered();

        assertThat(recovered.snapshot()).isEqualTo(zxid(6));
        assertThat(directory.log().base()).isEqualTo(zxid(6));
    }

    @Test
    void a_gap_between_snapshot_and_log_is_refused() throws IOException {
        directory.snapshots().write(zxid(3), out -> out.write(1));
        directory.log().restartAfter(zxid(5));

        assertThatThrownBy(() -> Recovery.of(disk))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("begins after 0x100000005")
                .hasMessageContaining("ends with 0x100000003");
    }

    @Test
    void a_snapshot_of_another_history_is_refused() throws IOException {
        log(1, 3);
        directory.log().append(zxid(7), Payload.EMPTY);
        directory.snapshots().write(zxid(5), out -> out.write(1));

        assertThatThrownBy(() -> Recovery.of(disk))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("not of this log's history");
    }

    @Test
    void time_that_stood_still_is_caught_up_with_in_small_steps() {
        PeerTime time = new PeerTime(10, 1000);

        assertThat(time.advance(1010)).isEqualTo(1010);
        assertThat(time.advance(9000)).isEqualTo(1110);
        assertThat(time.advance(9010)).isEqualTo(1210);
        assertThat(time.isDue(9019)).isFalse();
        assertThat(time.isDue(9020)).isTrue();
    }

    private void log(long first, long last) throws IOException {
        for (long counter = first; counter <= last; counter++) {
            directory.log().append(zxid(counter), Payload.wrap(new byte[] {1}));
        }
        directory.log().sync();
    }

    private void receive(Zxid zxid) throws IOException {
        try (SnapshotStore.Reception reception = directory.snapshots().receive(zxid)) {
            reception.append(Payload.wrap(new byte[] {1}));
            reception.commit();
        }
    }

    private static Zxid zxid(long counter) {
        return Zxid.of(new Epoch(1), counter);
    }
}
