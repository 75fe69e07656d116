package dev.assent.shop.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunCertificatesTest {
    private static final CertifiedName PAYMENT = new CertifiedName(Role.AGENT, "payment");

    @TempDir
    private Path run;

    private RunCertificates certificates;
    private TlsFiles files;

    @BeforeEach
    void issue() throws IOException {
        certificates = new RunCertificates(run);
        files = certificates.of("payment", PAYMENT);
    }

    private X509Certificate shown() throws SettingsException {
        try (Security security = Security.once(files)) {
            return security.own();
        }
    }

    private static Instant in(Duration time) {
        return Instant.ofEpochMilli(Clock.SYSTEM.epochMillis()).plus(time);
    }

    @Test
    void another_one_says_the_same_names_in_the_same_files_until_then_and_a_renewed_one_lasts() throws Exception {
        X509Certificate first = shown();

        certificates.replace("payment", Duration.ofHours(1));
        X509Certificate brief = shown();
        certificates.renew("payment");
        X509Certificate renewed = shown();

        assertThat(certificates.of("payment", PAYMENT)).isEqualTo(files);
        assertThat(brief.getSubjectAlternativeNames()).containsExactlyElementsOf(first.getSubjectAlternativeNames());
        assertThat(brief.getPublicKey()).isNotEqualTo(first.getPublicKey());
        assertThat(brief.getNotAfter().toInstant()).isBefore(in(Duration.ofHours(2)));
        assertThat(renewed.getNotAfter().toInstant()).isAfter(in(Duration.ofDays(7)));
    }

    @Test
    void nobody_has_another_one_before_the_first() {
        assertThatThrownBy(() -> certificates.renew("stranger"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stranger");
    }
}
