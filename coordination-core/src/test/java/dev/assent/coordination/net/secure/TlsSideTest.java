package dev.assent.coordination.net.secure;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class TlsSideTest {
    @Test
    void a_reason_is_one_short_line_whatever_the_other_end_has_sent() {
        SSLException plain = new NotSslRecordException("not an SSL/TLS record: " + "00".repeat(60_000));
        SSLException wordy = new SSLException("a\nb" + "c".repeat(60_000));

        assertThat(TlsSide.reason(plain)).isEqualTo("not an SSL/TLS record: it speaks plain text");
        assertThat(TlsSide.reason(wordy)).isEqualTo("a?b" + "c".repeat(497));
        assertThat(TlsSide.reason(new ClosedChannelException())).contains("ended");
    }
}
