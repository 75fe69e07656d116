package dev.assent.shop.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FootprintTest {
    private static final long MIB = 1 << 20;
    private static final Footprint BEFORE = new Footprint(40 * MIB, 200 * MIB, 60, 90);

    @Test
    void noise_is_no_growth() {
        assertThat(new Footprint(55 * MIB, 260 * MIB, 80, 120).growthSince(BEFORE))
                .isEmpty();
    }

    @Test
    void what_grew_is_named() {
        assertThat(new Footprint(90 * MIB, 260 * MIB, 160, 200).growthSince(BEFORE))
                .containsExactly(
                        "its heap grew from 40 to 90 MiB",
                        "its threads grew from 60 to 160",
                        "its open files grew from 90 to 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " garbage-first heap   total 65536K, used 3072K [0x0, 0x1)\n  region size 1024K, 3 young (3072K)\n"
                        + " Metaspace       used 900K, committed 1000K",
                " def new generation   total 9792K, used 1024K [0x0, 0x1)\n  eden space 8704K,  10% used [0x0, 0x1)\n"
                        + " tenured generation   total 21888K, used 2048K [0x0, 0x1)\n Metaspace used 900K"
            })
    void every_collector_tells_what_is_in_use(String info) throws Exception {
        assertThat(Footprints.heapBytes(info)).isEqualTo(3_072 * 1_024);
    }

    @Test
    void a_process_of_this_machine_is_measured() throws Exception {
        Footprint own = Footprints.of(ProcessHandle.current().pid());
        assertThat(own.heapBytes()).isPositive();
        assertThat(own.residentBytes()).isGreaterThan(own.heapBytes());
        assertThat(own.threads()).isGreaterThan(1);
        assertThat(own.files()).isGreaterThan(1);
    }

    @Test
    void folders_that_have_more_than_when_idle_are_named() {
        Census idle = new Census(Map.of("/assent/tx", 3, "/assent/epochs", 5));
        Census now = new Census(Map.of("/assent/tx", 4, "/assent/epochs", 5, "/assent/sagas", 1));
        assertThat(now.above(idle))
                .containsExactly(
                        "/assent/sagas has 1 znodes, and had 0 when idle",
                        "/assent/tx has 4 znodes, and had 3 when idle");
        assertThat(idle.above(now)).isEmpty();
    }
}
