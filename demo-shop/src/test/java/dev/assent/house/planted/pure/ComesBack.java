package dev.assent.house.planted.pure;

import dev.assent.house.planted.GoesAround;
import java.util.List;

/** The other half of a circle of packages. */
public record ComesBack(List<GoesAround> others) {
    /** Where it began. */
    public GoesAround first() {
        return others.get(0);
    }
}
