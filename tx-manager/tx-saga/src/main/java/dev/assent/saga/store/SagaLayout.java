package dev.assent.saga.store;

import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.spi.SagaLog.EndedSlot;
import java.util.List;
import java.util.Locale;

/** Where sagas lie in the store. */
final class SagaLayout {
    static final String ROOT = "/assent/sagas";
    static final String ALIVE = ROOT + "/alive";
    static final String RUNS = ROOT + "/runs";
    static final String LOGS = ROOT + "/logs";
    static final String ENDED = ROOT + "/ended";

    private static final String EXECUTOR = "executor";
    private static final long SLOT_MILLIS = 10 * 60 * 1000;

    private SagaLayout() {}

    /** In the order in which they are made. */
    static List<String> folders() {
        return List.of("/assent", ROOT, ALIVE, RUNS, LOGS, ENDED);
    }

    static String alive(ProcessId process) {
        return ALIVE + "/" + process;
    }

    static String runs(ProcessId process) {
        return RUNS + "/" + process;
    }

    static String run(ProcessId process, SagaId saga) {
        return runs(process) + "/" + saga;
    }

    /** Holds the header; its children are the executor and the entries. */
    static String log(SagaId saga) {
        return LOGS + "/" + saga;
    }

    static String executor(SagaId saga) {
        return log(saga) + "/" + EXECUTOR;
    }

    static String entry(SagaId saga, int number) {
        return String.format(Locale.ROOT, "%s/%04d", log(saga), number);
    }

    static boolean isEntry(String child) {
        return !child.equals(EXECUTOR);
    }

    static EndedSlot slotAt(long epochMillis) {
        long slot = Math.floorDiv(epochMillis, SLOT_MILLIS);
        return new EndedSlot(Long.toString(slot), (slot + 1) * SLOT_MILLIS);
    }

    /**
     * From its name.
     *
     * @throws NumberFormatException it is not one of ours
     */
    static EndedSlot slot(String name) {
        return slotAt(Math.multiplyExact(Long.parseLong(name), SLOT_MILLIS));
    }

    static String slot(EndedSlot slot) {
        return ENDED + "/" + slot.name();
    }

    static String ended(EndedSlot slot, SagaId saga) {
        return slot(slot) + "/" + saga;
    }
}
