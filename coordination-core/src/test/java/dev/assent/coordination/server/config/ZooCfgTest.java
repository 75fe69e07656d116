package dev.assent.coordination.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.ServerId;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ZooCfgTest {
    private static final String THREE = """
            server.1=127.0.0.1:2888:3888
            server.2=127.0.0.1:2889:3889:participant;127.0.0.1:2182
            server.3=localhost:2890:3890:observer;2183
            """;

    @TempDir
    Path directory;

    @Test
    void a_sample_file_of_three_servers_is_read_whole() throws Exception {
        myid("2");

        ServerConfig config =
                read("""
                # The number of milliseconds of each tick
                tickTime=500
                initLimit=8
                syncLimit=4
                dataDir=%s
                dataLogDir=%s
                maxClientCnxns=7
                minSessionTimeout=900
                autopurge.snapRetainCount=3
                autopurge.purgeInterval=1
                snapCount=1234
                """.formatted(directory, directory.resolve("log")) + THREE).config();

        assertThat(config.self()).isEqualTo(new ServerId(2));
        assertThat(config.timing()).isEqualTo(new Timing(500, 8, 4));
        assertThat(config.storage()).isEqualTo(new Storage(directory, directory.resolve("log"), 1234));
        assertThat(config.clients().address().getPort()).isEqualTo(2182);
        assertThat(config.clients().limits().connectionsPerAddressMax()).isEqualTo(7);
        assertThat(config.clients().timeouts()).isEqualTo(new SessionTimeouts(900, 10_000));
        assertThat(config.members()).hasSize(3);
        assertThat(config.members().values())
                .extracting(MemberConfig::voting)
                .containsExactly(
                        MemberConfig.Voting.PARTICIPANT, MemberConfig.Voting.PARTICIPANT, MemberConfig.Voting.OBSERVER);
        assertThat(config.members().values()).extracting(MemberConfig::peerPort).containsExactly(2888, 2889, 2890);
    }

    @Test
    void without_servers_it_is_standalone_on_loopback_and_needs_no_myid() throws Exception {
        ServerConfig config = read("dataDir=" + directory + "\nclientPort=0\n").config();

        assertThat(config.isStandalone()).isTrue();
        assertThat(config.clients().address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(config.clients().address().getPort()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "assent.insecur=true | line 2 | assent.insecur | unknown key; check the spelling",
                "sslQuorumm=true | line 2 | sslQuorumm | not supported yet",
                "x509.AuthName=a | line 2 | x509.AuthName | not supported yet",
                "tickTime=fast | line 2 | tickTime=fast | 'fast' is not a whole number",
                "tickTime=1 | line 2 | tickTime=1 | outside 10..600000",
                "clientPort=70000 | line 2 | clientPort | outside 0..65535",
                "clientPortAddress=no.such.host.invalid | line 2 | clientPortAddress | does not resolve",
                "just words | line 2 | the line | not of the form key=value",
                "server.1=127.0.0.1:2888 | line 2 | server.1 | give host:port1:port2",
                "server.one=127.0.0.1:1:2 | line 2 | server.one | is not a server id",
                "server.300=127.0.0.1:1:2 | line 2 | server.300 | outside 1..255",
                "server.1=127.0.0.1:1:2:king | line 2 | server.1 | neither participant nor observer",
                "secureClientPort=2281 | line 2 | secureClientPort | needs a certificate",
                "ssl.keyStore.location=/x | line 2 | ssl.keyStore.location | of which type",
                "'server.1=h:1:2;2181\nclientPort=2182' | line 3 | clientPort | server.N line says 2181",
                "server.1=h:1:2;::1:2181 | line 2 | server.1 | give host:port1:port2",
                "'server.1=h:1:2;[::1]:2181\nclientPortAddress=127.0.0.1' | line 3 | clientPortAddress | says ::1",
                "assent.insecure=yes | line 2 | assent.insecure | give true or false",
            })
    void a_wrong_line_is_named_with_its_number_its_key_and_the_remedy(
            String line, String number, String key, String remedy) {
        assertThatThrownBy(() -> read("dataDir=" + directory + "\n" + line + "\n"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("zoo.cfg, " + number)
                .hasMessageContaining(key)
                .hasMessageContaining(remedy);
    }

    @Test
    void a_key_of_our_own_or_a_server_given_twice_names_both_lines() {
        assertThatThrownBy(() -> read("dataDir=a\nassent.insecure=false\nassent.insecure=true\n"))
                .hasMessageContaining("line 3")
                .hasMessageContaining("already given in line 2");
        assertThatThrownBy(() -> read("dataDir=" + directory + "\nserver.1=h:1:2\nserver.01=h:3:4\n"))
                .hasMessageContaining("server id 1 is given twice");
    }

    @Test
    void a_missing_or_foreign_myid_is_answered_with_the_ids_to_choose_from() throws Exception {
        String file = "dataDir=" + directory + "\n" + THREE;

        assertThatThrownBy(() -> read(file))
                .hasMessageContaining("myid cannot be read")
                .hasMessageContaining("1, 2, 3");
        myid("two");
        assertThatThrownBy(() -> read(file)).hasMessageContaining("'two' is not a server id");
        myid("9");
        assertThatThrownBy(() -> read(file)).hasMessageContaining("server 9 has no line server.9");
    }

    @Test
    void a_missing_file_or_data_directory_says_what_to_give() {
        assertThatThrownBy(() -> ZooCfg.read(directory.resolve("nowhere.cfg"), false))
                .hasMessageContaining("nowhere.cfg does not exist");
        assertThatThrownBy(() -> read("clientPort=2181\n")).hasMessageContaining("dataDir is missing");
    }

    @Test
    void listening_beyond_loopback_needs_the_explicit_word() throws Exception {
        String file = "dataDir=" + directory + "\nclientPortAddress=0.0.0.0\n";

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("clientPortAddress would listen on 0.0.0.0")
                .hasMessageContaining("assent.insecure=true");
        assertThat(read(file + "assent.insecure=true\n").config().insecure()).isTrue();
    }

    @Test
    void a_key_without_effect_is_one_warning_and_no_error() throws Exception {
        ZooCfg cfg = read("dataDir=" + directory + "\nadmin.serverPort=8080\nforceSync=no\nssl.crl=false\n");

        assertThat(cfg.warnings()).hasSize(2);
        assertThat(cfg.warnings().get(0)).contains("line 2", "admin.serverPort", "no effect");
        assertThat(cfg.warnings().get(1)).contains("line 3", "every write is synced");
    }

    @Test
    void the_last_of_repeated_keys_counts_and_unknown_ones_do_nothing_each_with_a_warning() throws Exception {
        ZooCfg cfg = read("tickTime=10\ntickTimes=5\ndataDir=" + directory + "\ntickTime=20\nsnapshot.new.key=1\n");

        assertThat(cfg.config().timing().tickMillis()).isEqualTo(20);
        assertThat(cfg.warnings()).hasSize(3);
        assertThat(cfg.warnings().get(0)).contains("line 1", "tickTime", "the last one counts");
        assertThat(cfg.warnings().get(1)).contains("line 5", "snapshot.new.key", "not known here");
        assertThat(cfg.warnings().get(2)).contains("line 2", "tickTimes", "check the spelling");
    }

    @Test
    void session_timeouts_of_minus_one_are_the_usual_ones() throws Exception {
        String file = "dataDir=" + directory + "\ntickTime=100\n";

        assertThat(read(file + "minSessionTimeout=-1\nmaxSessionTimeout=-1\n")
                        .config()
                        .clients()
                        .timeouts())
                .isEqualTo(SessionTimeouts.ofTicks(100));
        assertThat(read(file + "minSessionTimeout=-1\nmaxSessionTimeout=900\n")
                        .config()
                        .clients()
                        .timeouts())
                .isEqualTo(new SessionTimeouts(200, 900));
    }

    @Test
    void the_super_user_is_known_by_a_digest_that_is_never_printed() throws Exception {
        String digest = "super:D/InIHSb7yEEbrWz8b9l71RjZJU=";
        String key = "DigestAuthenticationProvider.superDigest";

        ServerConfig config =
                read("dataDir=" + directory + "\n" + key + "=" + digest + "\n").config();

        assertThat(config.clients().superDigest()).contains(new SuperDigest(digest));
        assertThat(config.toString()).contains("super:...").doesNotContain("D/InIHSb");
        assertThatThrownBy(() -> read("dataDir=" + directory + "\n" + key + "=super:secret\n"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("base64(sha1(")
                .hasMessageNotContaining("secret");
    }

    private void myid(String text) throws IOException {
        Files.writeString(directory.resolve("myid"), text + "\n");
    }

    private ZooCfg read(String text) throws IOException, SettingsException {
        Path file = directory.resolve("zoo.cfg");
        Files.writeString(file, text);
        return ZooCfg.read(file, false);
    }
}
