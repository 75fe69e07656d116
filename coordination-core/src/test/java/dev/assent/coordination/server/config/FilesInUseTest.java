package dev.assent.coordination.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with the lines that servers of ZooKeeper run with: read by its own reader and by ours, and both find the same. */
final class FilesInUseTest {
    private static final int UNSET = -1;

    @TempDir
    Path directory;

    private final Properties before = (Properties) System.getProperties().clone();

    /** Its reader makes system properties of keys that it does not know, for its own servers to find. */
    @AfterEach
    void forget() {
        System.setProperties(before);
    }

    private Path file(String lines) throws IOException {
        Files.writeString(directory.resolve("myid"), "2\n");
        Files.createDirectories(directory.resolve("log"));
        Path file = directory.resolve("zoo.cfg");
        return Files.writeString(
                file,
                "dataDir=" + directory + "\n"
                        + lines.strip().replace(" ; ", "\n").replace("@", directory.toString()) + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // as distributed
                "tickTime=2000 ; initLimit=10 ; syncLimit=5 ; clientPort=2181 ; maxClientCnxns=60"
                        + " ; autopurge.snapRetainCount=3 ; autopurge.purgeInterval=1",
                // with what it offers behind comments
                "tickTime=2000 ; initLimit=10 ; syncLimit=5 ; clientPort=2181"
                        + " ; metricsProvider.className=org.apache.zookeeper.metrics.impl.DefaultMetricsProvider"
                        + " ; metricsProvider.httpHost=127.0.0.1 ; metricsProvider.httpPort=7000"
                        + " ; metricsProvider.exportJvmInfo=true",
                // as an image for containers writes it
                "dataLogDir=@/log ; tickTime=2000 ; initLimit=5 ; syncLimit=2 ; autopurge.snapRetainCount=3"
                        + " ; autopurge.purgeInterval=0 ; maxClientCnxns=60 ; standaloneEnabled=true"
                        + " ; admin.enableServer=true ; server.1=127.0.0.1:2888:3888;2181"
                        + " ; server.2=127.0.0.1:2889:3889;2182 ; server.3=127.0.0.1:2890:3890;2183",
                // as a chart of a cluster manager writes it
                "clientPort=2181 ; tickTime=2000 ; initLimit=10 ; syncLimit=5 ; maxClientCnxns=60 ; maxCnxns=0"
                        + " ; preAllocSize=65536 ; snapCount=100000 ; maxSessionTimeout=40000 ; minSessionTimeout=4000"
                        + " ; 4lw.commands.whitelist=srvr, mntr, ruok ; reconfigEnabled=false"
                        + " ; quorumListenOnAllIPs=false ; admin.serverPort=8080"
                        + " ; server.1=127.0.0.1:2888:3888:participant;2181 ; server.2=127.0.0.1:2889:3889:participant;2181"
                        + " ; server.3=127.0.0.1:2890:3890:observer;2181",
                // as operators tune it
                "tickTime=3000 ; initLimit=20 ; syncLimit=10 ; clientPort=2181 ; maxClientCnxns=0 ; snapCount=3000000"
                        + " ; globalOutstandingLimit=1000 ; forceSync=yes ; leaderServes=yes ; cnxTimeout=5"
                        + " ; electionAlg=3 ; skipACL=no ; syncEnabled=true ; fsync.warningthresholdms=100"
                        + " ; minSessionTimeout=-1 ; maxSessionTimeout=-1 ; extendedTypesEnabled=true"
                        + " ; serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory"
                        + " ; quorum.cnxn.threads.size=20 ; localSessionsEnabled=true ; snapshot.trust.empty=true",
                // whose lines repeat, as generated ones do
                "tickTime=2000 ; clientPort=2181 ; initLimit=5 ; syncLimit=2 ; tickTime=1500 ; initLimit=7"
                        + " ; maxClientCnxns=10 ; maxClientCnxns=20"
            })
    void what_zookeeper_reads_of_it_is_read_here_as_well(String lines) throws Exception {
        Path file = file(lines);
        QuorumPeerConfig theirs = new QuorumPeerConfig();
        theirs.parse(file.toString());

        ServerConfig ours = ZooCfg.read(file, true).config();

        assertThat(ours.timing()).isEqualTo(timing(theirs));
        assertThat(ours.storage().dataDirectory()).isEqualTo(theirs.getDataDir().toPath());
        assertThat(ours.storage().logDirectory())
                .isEqualTo(theirs.getDataLogDir().toPath());
        assertThat(ours.clients().address().getPort()).isEqualTo(port(theirs));
        assertThat(ours.clients().limits().connectionsPerAddressMax()).isEqualTo(theirs.getMaxClientCnxns());
        assertThat(ours.clients().timeouts().minMillis())
                .isEqualTo(orTicks(theirs.getMinSessionTimeout(), 2 * theirs.getTickTime()));
        assertThat(ours.clients().timeouts().maxMillis())
                .isEqualTo(orTicks(theirs.getMaxSessionTimeout(), 20 * theirs.getTickTime()));
        assertThat(ours.members().values().stream()
                        .filter(member -> member.voting() == MemberConfig.Voting.PARTICIPANT)
                        .map(member -> (long) member.id().value()))
                .containsExactlyInAnyOrderElementsOf(
                        theirs.isDistributed()
                                ? theirs.getQuorumVerifier().getVotingMembers().keySet()
                                : List.of());
    }

    private static Timing timing(QuorumPeerConfig theirs) {
        Timing standard = Timing.DEFAULT;
        return theirs.getInitLimit() == 0
                ? new Timing(theirs.getTickTime(), standard.initLimitTicks(), standard.syncLimitTicks())
                : new Timing(theirs.getTickTime(), theirs.getInitLimit(), theirs.getSyncLimit());
    }

    private static int port(QuorumPeerConfig theirs) {
        InetSocketAddress address = theirs.getClientPortAddress();
        return address.getPort();
    }

    private static int orTicks(int configured, int usual) {
        return configured == UNSET ? usual : configured;
    }

    @Test
    void each_line_without_an_effect_is_one_warning() throws Exception {
        Path file = file("tickTime=2000 ; reconfigEnabled=true ; localSessionsEnabled=true ; skipACL=yes"
                + " ; serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory ; quorum.cnxn.threads.size=20"
                + " ; snapshot.trust.empty=true ; readonlymode.enabled=true ; clientPort=1 ; clientPort=2");

        assertThat(ZooCfg.read(file, false).warnings())
                .hasSize(8)
                .anyMatch(line -> line.contains("skipACL") && line.contains("rights are always checked"))
                .anyMatch(line -> line.contains("clientPort") && line.contains("the last one counts"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quorum.auth.enableSasl=true",
                "authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
                "requireClientAuthScheme=sasl",
                "enforce.auth.enabled=true",
                "sessionRequireClientSASLAuth=true",
                "group.1=1:2",
                "weight.1=2",
                "oraclePath=/x",
                "dynamicConfigFile=/x",
                "fips-mode=true",
            })
    void what_asks_for_safety_that_is_not_there_stops_the_start(String line) throws Exception {
        Path file = file(line);

        assertThatThrownBy(() -> ZooCfg.read(file, false))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(line.substring(0, line.indexOf('=')))
                .hasMessageContaining("remove the line");
    }
}
