package dev.assent.coordination.disk;

import static dev.assent.coordination.disk.LogFixture.open;
import static dev.assent.coordination.disk.LogFixture.read;
import static dev.assent.coordination.disk.LogFixture.txn;
import static dev.assent.coordination.disk.LogFixture.zxid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.TxnLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random work on a log, a power cut before a random change of the disk, recovery, and again. What was synced must be
 * there, what is there must be a prefix of what was written, and nothing may be reported as damaged.
 */
class LogCrashTest {
    private static final int SEEDS = 400;
    private static final int POWER_CUTS = 4;

    @TempDir
    Path directory;

    @Test
    void a_power_cut_at_any_moment_loses_nothing_that_was_synced() throws IOException {
        int cuts = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Path log = Files.createDirectory(directory.resolve("seed-" + seed));
            Run run = new Run(new SplittableRandom(seed), log, "seed " + seed);
            for (int i = 0; i < POWER_CUTS; i++) {
                cuts += run.untilPowerCut() ? 1 : 0;
                run.recover();
            }
        }
        assertThat(cuts).isGreaterThan(SEEDS * POWER_CUTS / 2);
    }

    private static final class Run {
        private final SplittableRandom random;
        private final Path directory;
        private final String name;
        private List<Zxid> written = new ArrayList<>();
        private Zxid base = Zxid.ZERO;
        /** Where the base goes if the step under way is done. */
        private Zxid nextBase = Zxid.ZERO;
        /** The number of {@link #written} records that must survive. */
        private int durable;

        private long counter;

        Run(SplittableRandom random, Path directory, String name) {
            this.random = random;
            this.directory = directory;
            this.name = name;
        }

        boolean untilPowerCut() throws IOException {
            CrashingDisk disk = new CrashingDisk(random.split(), random.nextInt(60));
            try (TxnLog log = open(disk, directory)) {
                for (int step = 0; step < 60; step++) {
                    step(log);
                }
            } catch (CrashingDisk.PowerCut expected) {
                assertThat(disk.crashed()).isTrue();
            }
            disk.losePower();
            return disk.crashed();
        }

        private void step(TxnLog log) throws IOException {
            int choice = random.nextInt(100);
            if (choice < 60) {
                append(log, 1 + random.nextInt(6));
            } else if (choice < 90) {
                log.sync();
                durable = written.size();
            } else if (choice < 95) {
                truncate(log);
            } else if (choice < 98) {
                log.purgeThrough(written.isEmpty() ? base : written.get(random.nextInt(written.size())));
            } else {
                restart(log);
            }
        }

        private void append(TxnLog log, int records) throws IOException {
            for (int i = 0; i < records; i++) {
                Zxid zxid = zxid(++counter);
                written.add(zxid);
                // Few sizes, so that leftovers of one record lie where another begins.
                log.append(zxid, txn(zxid, 100 + 200 * random.nextInt(3)));
            }
        }

        private void truncate(TxnLog log) throws IOException {
            int kept = random.nextInt(written.size() + 1);
            Zxid last = kept == 0 ? base : written.get(kept - 1);
            if (last.compareTo(log.base()) >= 0) {
                durable = Math.min(durable, kept);
                log.truncate(last);
                written = new ArrayList<>(written.subList(0, kept));
                durable = kept;
            }
        }

        private void restart(TxnLog log) throws IOException {
            counter += 10;
            nextBase = zxid(counter);
            log.restartAfter(nextBase);
            base = nextBase;
            written.clear();
            durable = 0;
        }

        void recover() throws IOException {
            try (TxnLog log = open(directory)) {
                if (log.base().equals(nextBase) && !base.equals(nextBase)) {
                    base = nextBase;
                    written.clear();
                    durable = 0;
                }
                List<Zxid> found = read(log, Zxid.ZERO);
                int purged = written.indexOf(log.base()) + 1;
                assertThat(purged > 0 || log.base().equals(base)).as(name).isTrue();
                assertThat(purged + found.size()).as(name).isBetween(durable, written.size());
                assertThat(found).as(name).isEqualTo(written.subList(purged, purged + found.size()));
                written = new ArrayList<>(written.subList(0, purged + found.size()));
                durable = written.size();
                nextBase = base;
            }
        }
    }
}
