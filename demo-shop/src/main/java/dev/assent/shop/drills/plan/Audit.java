package dev.assent.shop.drills.plan;

import java.util.List;

/**
 * What the databases say once all is at rest; each line is something that is not as it should be.
 *
 * @param untrue answers that the databases do not bear out
 * @param lostOrDoubled work or events
 */
public record Audit(List<String> untrue, List<String> lostOrDoubled) {
    public Audit {
        untrue = List.copyOf(untrue);
        lostOrDoubled = List.copyOf(lostOrDoubled);
    }
}
