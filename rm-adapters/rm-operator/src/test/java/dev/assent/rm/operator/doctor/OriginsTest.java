package dev.assent.rm.operator.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Gids of products that are not at hand here, made from their documented layouts; and what is nobody's. */
class OriginsTest {

    @Test
    void a_bitronix_gid_tells_server_and_time() {
        byte[] uid = ByteBuffer.allocate(6 + 12)
                .put(bytes("shop-1"))
                .putLong(1_700_000_000_123L)
                .putInt(42)
                .array();

        assertThat(Origins.of(new XaGid(0x42746E78, uid, uid).text()))
                .isEqualTo(new Origin.Bitronix("shop-1", 1_700_000_000_123L));
    }

    @Test
    void a_seata_gid_tells_the_global_transaction() {
        String gid = new XaGid(9752, bytes("10.0.0.7:8091:18406263571447"), bytes("-18406263571449")).text();

        assertThat(Origins.of(gid)).isEqualTo(new Origin.Seata("10.0.0.7:8091:18406263571447", "18406263571449"));
    }

    @Test
    void a_seata_gid_may_lack_its_branch() {
        String gid = new XaGid(9752, bytes("10.0.0.7:8091:1"), new byte[0]).text();

        assertThat(Origins.of(gid)).isEqualTo(new Origin.Seata("10.0.0.7:8091:1", ""));
    }

    @Test
    void a_unique_name_of_atomikos_may_end_in_digits() {
        String gid = new XaGid(0x41544F4D, bytes("tm7170000000012300005"), bytes("tm71")).text();

        assertThat(Origins.of(gid)).isEqualTo(new Origin.Atomikos("tm7", "tm7170000000012300005", 1_700_000_000_123L));
    }

    @Test
    void logical_replication_is_told_apart() {
        assertThat(Origins.of("pg_gid_16394_7531")).isEqualTo(new Origin.Subscription("16394", "7531"));
    }

    @Test
    void a_format_id_that_is_nobodys_is_told_as_it_is() {
        assertThat(Origins.of(new XaGid(4711, bytes("a"), bytes("b")).text())).isEqualTo(new Origin.OtherXa(4711));
    }

    @Test
    void ours_of_another_version_is_not_read_as_ours() {
        assertThat(Origins.of(new XaGid(0x41534E54, bytes("short"), bytes("b")).text()))
                .isInstanceOf(Origin.OursUnreadable.class);
    }

    @Test
    void what_is_no_xid_is_told_so() {
        for (String gid : new String[] {"by hand", "1_2", "1_***_YQ==", "99999999999_YQ==_YQ==", ""}) {
            assertThat(Origins.of(gid)).as(gid).isEqualTo(new Origin.NoXa());
        }
    }

    @Test
    void damaged_ids_of_known_products_keep_their_name() {
        assertThat(Origins.of(new XaGid(131_077, bytes("short"), bytes("b")).text()))
                .isInstanceOf(Origin.Narayana.class);
        assertThat(Origins.of(new XaGid(0x42746E78, bytes("short"), bytes("b")).text()))
                .isEqualTo(new Origin.Bitronix("", -1));
        assertThat(Origins.of(new XaGid(0x41544F4D, bytes("odd"), bytes("b")).text()))
                .isEqualTo(new Origin.Atomikos("", "odd", -1));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
