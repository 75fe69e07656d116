package dev.assent.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.certs.Authority;
import dev.assent.certs.Subject;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityTest {
    private final Instant now = Instant.now();

    @TempDir
    private Path directory = Path.of("");

    private final Authority authority = Authority.create("ours", now, Duration.ofDays(10));

    private Subject subject(String name, Instant from, Instant until, CertifiedName... names) {
        return new Subject(name, List.of(names), List.of("localhost"), from, until);
    }

    private TlsFiles issued(Authority by, String name, CertifiedName... names) throws IOException {
        return by.issue(subject(name, now, now.plus(Duration.ofDays(5)), names)).write(directory, name);
    }

    private Conversation talk(TlsFiles client, PeerRule ofClient, TlsFiles server, PeerRule ofServer) throws Exception {
        try (Security here = Security.once(client);
                Security there = Security.once(server)) {
            return Conversation.between(here.context(ofClient), there.context(ofServer));
        }
    }

    @Test
    void two_of_one_authority_talk_and_each_knows_whom_it_talks_to() throws Exception {
        TlsFiles agent = issued(authority, "a", new CertifiedName(Role.AGENT, "orders"));
        TlsFiles node = issued(authority, "n", new CertifiedName(Role.NODE, "n1"));

        Conversation talk = talk(agent, PeerRule.anyOf(Role.NODE), node, PeerRule.anyOf(Role.AGENT, Role.NODE));

        assertThat(talk.refusal()).isEmpty();
        assertThat(talk.protocol()).isEqualTo("TLSv1.3");
        assertThat(CertifiedName.of((X509Certificate) talk.seenByServer().get(0)))
                .containsExactly(new CertifiedName(Role.AGENT, "orders"));
    }

    @Test
    void who_lacks_the_role_is_refused_and_so_is_who_has_none() throws Exception {
        TlsFiles agent = issued(authority, "a", new CertifiedName(Role.AGENT, "orders"));
        TlsFiles nobody = issued(authority, "x");
        TlsFiles node = issued(authority, "n", new CertifiedName(Role.NODE, "n1"));

        assertThat(talk(agent, PeerRule.anyone(), node, PeerRule.anyOf(Role.NODE))
                        .refusal())
                .get()
                .asString()
                .contains("names no node", "agent/orders");
        assertThat(talk(nobody, PeerRule.anyone(), node, PeerRule.anyOf(Role.AGENT))
                        .refusal())
                .get()
                .asString()
                .contains("nobody of ours");
        // The other way round: a service must not talk to what merely pretends to be a node.
        assertThat(talk(agent, PeerRule.anyOf(Role.NODE), agent, PeerRule.anyone())
                        .refusal())
                .isPresent();
    }

    @Test
    void a_certificate_of_another_authority_is_refused_by_both_sides() throws Exception {
        Authority foreign = Authority.create("ours", now, Duration.ofDays(10));
        TlsFiles node = issued(authority, "n", new CertifiedName(Role.NODE, "n1"));
        Path ours = directory.resolve("trust-ours.pem");
        Files.copy(node.trust(), ours);
        TlsFiles forged = issued(foreign, "f", new CertifiedName(Role.AGENT, "orders"));
        TlsFiles trustingOurs = new TlsFiles(forged.certificate(), forged.key(), ours);
        TlsFiles nodeTrustingOurs = new TlsFiles(node.certificate(), node.key(), ours);

        assertThat(talk(trustingOurs, PeerRule.anyone(), nodeTrustingOurs, PeerRule.anyone())
                        .refusal())
                .isPresent();
        assertThat(talk(nodeTrustingOurs, PeerRule.anyone(), trustingOurs, PeerRule.anyone())
                        .refusal())
                .isPresent();
    }

    @Test
    void an_expired_certificate_is_refused_by_others_and_not_even_opened_by_its_owner() throws Exception {
        TlsFiles node = issued(authority, "n", new CertifiedName(Role.NODE, "n1"));
        TlsFiles old = authority
                .issue(subject(
                        "old",
                        now.minus(Duration.ofDays(2)),
                        now.minus(Duration.ofHours(1)),
                        new CertifiedName(Role.NODE, "n2")))
                .write(directory, "old");

        assertThatThrownBy(() -> Security.once(old))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("expired")
                .hasMessageContaining("old.pem");
        X509Certificate expired = Pem.certificates(old.certificate(), Files.readAllBytes(old.certificate()))
                .get(0);
        try (Security security = Security.once(node)) {
            assertThatThrownBy(() -> security.trustManager(PeerRule.anyone())
                            .checkClientTrusted(new X509Certificate[] {expired}, "EC"))
                    .hasStackTraceContaining("expired");
        }
    }

    @Test
    void changed_files_are_taken_up_by_contexts_that_exist_already() throws Exception {
        TlsFiles files = issued(authority, "n", new CertifiedName(Role.NODE, "n1"));
        TlsFiles agent = issued(authority, "a", new CertifiedName(Role.AGENT, "orders"));
        try (Security node = Security.once(files);
                Security client = Security.once(agent)) {
            var context = node.context(PeerRule.anyone());
            X509Certificate before = node.own();

            issued(authority, "n", new CertifiedName(Role.NODE, "n2"));
            node.reload();

            assertThat(node.own()).isNotEqualTo(before);
            Conversation talk = Conversation.between(client.context(PeerRule.anyone()), context);
            assertThat(talk.seenByClient().get(0)).isEqualTo(node.own());
        }
    }

    @Test
    void trust_that_is_taken_away_is_gone_without_a_restart() throws Exception {
        TlsFiles files = issued(authority, "n", new CertifiedName(Role.NODE, "n1"));
        TlsFiles agent = issued(authority, "a", new CertifiedName(Role.AGENT, "orders"));
        Path copy = Files.copy(agent.trust(), directory.resolve("agents-trust.pem"));
        try (Security node = Security.once(files);
                Security client = Security.once(new TlsFiles(agent.certificate(), agent.key(), copy))) {
            var context = node.context(PeerRule.anyone());
            Authority other = Authority.create("other", now, Duration.ofDays(10));
            issued(other, "o", new CertifiedName(Role.NODE, "o"));
            node.reload();

            assertThat(Conversation.between(client.context(PeerRule.anyone()), context)
                            .refusal())
                    .isPresent();
        }
    }

    @Test
    void a_broken_new_file_leaves_the_last_good_one_in_use_until_there_is_a_good_one_again() throws Exception {
        TlsFiles files = issued(authority, "n", new CertifiedName(Role.NODE, "n1"));
        try (Security node = Security.once(files)) {
            X509Certificate good = node.own();

            Files.writeString(files.certificate(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            node.reload();
            node.reload();
            assertThat(node.own()).isEqualTo(good);

            Files.delete(files.certificate());
            node.reload();
            assertThat(node.own()).isEqualTo(good);

            issued(authority, "n", new CertifiedName(Role.NODE, "n1"));
            node.reload();
            assertThat(node.own()).isNotEqualTo(good);
        }
    }

    @Test
    void a_key_of_another_certificate_is_refused_before_anybody_sees_it() throws Exception {
        TlsFiles one = issued(authority, "one", new CertifiedName(Role.NODE, "n1"));
        TlsFiles two = issued(authority, "two", new CertifiedName(Role.NODE, "n2"));

        assertThatThrownBy(() -> Security.once(new TlsFiles(one.certificate(), two.key(), one.trust())))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("private key is not that of the certificate");
    }

    @Test
    void no_message_tells_what_stands_in_a_key_file() throws Exception {
        TlsFiles one = issued(authority, "one", new CertifiedName(Role.NODE, "n1"));
        String secret = Files.readString(one.key()).lines().skip(1).findFirst().orElseThrow();
        Files.writeString(one.key(), Files.readString(one.key()).replace("PRIVATE KEY", "EC PRIVATE KEY"));

        assertThatThrownBy(() -> Security.once(one))
                .hasMessageContaining("openssl pkcs8 -topk8")
                .satisfies(failure -> assertThat(failure.toString()).doesNotContain(secret));
        Files.writeString(one.key(), "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> Security.once(one))
                .isInstanceOf(SettingsException.class)
                .satisfies(failure -> assertThat(failure.toString()).doesNotContain(secret));
    }

    @Test
    void settings_name_all_three_files_or_none() throws Exception {
        Path file = directory.resolve("some.properties");
        Files.writeString(file, "tls.certificate=a.pem\ntls.trust=ca.pem\n");
        assertThatThrownBy(() -> TlsFiles.read(Settings.read(file, ""), "tls."))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("tls.key is missing");

        Files.writeString(file, "tls.certificate=a.pem\ntls.key=/b.key\ntls.trust=ca.pem\n");
        assertThat(TlsFiles.read(Settings.read(file, ""), "tls."))
                .contains(new TlsFiles(directory.resolve("a.pem"), Path.of("/b.key"), directory.resolve("ca.pem")));

        Files.writeString(file, "");
        assertThat(TlsFiles.read(Settings.read(file, ""), "tls.")).isEmpty();
    }

    @Test
    void stores_of_the_jdk_do_as_well_as_pem_files() throws Exception {
        TlsFiles files = issued(authority, "n", new CertifiedName(Role.NODE, "n1"));
        Path all = directory.resolve("all.pem");
        Files.writeString(all, Files.readString(files.key()) + Files.readString(files.certificate()));
        for (KeyStoreFiles.Type type : List.of(KeyStoreFiles.Type.JKS, KeyStoreFiles.Type.PKCS12)) {
            KeyStore keys = KeyStore.getInstance(type.name());
            keys.load(null, null);
            X509Certificate own = Pem.certificates(files.certificate(), Files.readAllBytes(files.certificate()))
                    .get(0);
            keys.setKeyEntry(
                    "any",
                    Pem.key(files.key(), Files.readAllBytes(files.key())),
                    "secret".toCharArray(),
                    new Certificate[] {own});
            Path path = directory.resolve("keys." + type);
            try (var out = Files.newOutputStream(path)) {
                keys.store(out, "secret".toCharArray());
            }
            KeyStoreFiles.Store trust = new KeyStoreFiles.Store(files.trust(), KeyStoreFiles.Type.PEM, "");

            try (Security security =
                    Security.once(new KeyStoreFiles(new KeyStoreFiles.Store(path, type, "secret"), trust))) {
                assertThat(security.own()).isEqualTo(own);
            }
            assertThatThrownBy(
                            () -> Security.once(new KeyStoreFiles(new KeyStoreFiles.Store(path, type, "wrong"), trust)))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("password");
        }
        KeyStoreFiles.Store pem = new KeyStoreFiles.Store(all, KeyStoreFiles.Type.PEM, "");
        try (Security security = Security.once(
                new KeyStoreFiles(pem, new KeyStoreFiles.Store(files.trust(), KeyStoreFiles.Type.PEM, "")))) {
            assertThat(CertifiedName.of(security.own())).hasSize(1);
        }
    }

    @Test
    void a_name_that_nobody_understands_makes_its_certificate_worthless() throws Exception {
        X509Certificate odd = OddCertificates.withUri("assent:king/1");

        assertThatThrownBy(() -> PeerRule.anyOf(Role.MEMBER).check(odd)).hasMessageContaining("assent:king/1");
        assertThat(CertifiedName.parse("member/1")).contains(new CertifiedName(Role.MEMBER, "1"));
        assertThat(CertifiedName.parse("member/")).isEmpty();
        assertThat(CertifiedName.parse("member/1/2")).isEmpty();
        assertThat(CertifiedName.parse("Member/1")).isEmpty();
    }
}
