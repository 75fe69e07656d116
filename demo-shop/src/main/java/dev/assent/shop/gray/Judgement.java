package dev.assent.shop.gray;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What must hold in every row, whatever was broken. */
final class Judgement {
    /** Bystanders keep at least this part of their throughput. */
    static final double KEPT_MIN = 0.8;

    /** Nothing is prepared any more so long after the end. */
    static final Duration PREPARED_MAX = Duration.ofSeconds(10);

    private Judgement() {}

    /** Figures that fell short, which a machine that is busy with something else can bring about too. */
    static List<String> shortfalls(List<Report.Throughput> bystanders, List<Report.Waited> waits) {
        List<String> faults = new ArrayList<>();
        for (Report.Throughput bystander : bystanders) {
            if (!(bystander.before() > 0)) {
                faults.add(bystander.who() + " achieved nothing even before the fault: nothing is shown");
            } else if (bystander.ratio() < KEPT_MIN) {
                faults.add(String.format(
                        Locale.ROOT,
                        "%s fell to %.0f %% of their throughput, below %.0f %%",
                        bystander.who(),
                        100 * bystander.ratio(),
                        100 * KEPT_MIN));
            } else if (bystander.after() < KEPT_MIN * bystander.before()) {
                faults.add(bystander.who() + " did not come back to their throughput afterwards");
            }
        }
        for (Report.Waited waited : waits) {
            if (waited.longest().compareTo(waited.bound()) > 0) {
                faults.add(waited.who() + " waited " + waited.longest().toMillis() + " ms, longer than "
                        + waited.bound().toMillis());
            }
        }
        return faults;
    }

    /** What must not be on any machine. */
    static List<String> faults(Report.Held sessions, Duration untilNothingPrepared) {
        List<String> faults = new ArrayList<>();
        if (sessions.expired() > 0) {
            faults.add(sessions.expired() + " of " + sessions.count() + " sessions expired although their process"
                    + " never stopped");
        }
        if (untilNothingPrepared.compareTo(PREPARED_MAX) > 0) {
            faults.add("branches were still prepared " + PREPARED_MAX.toSeconds() + " s after the end");
        }
        return faults;
    }
}
