package dev.assent.shop.platform;

import dev.assent.settings.SettingsException;
import picocli.CommandLine.Option;

/** How many processes a torture kills at which moments: options that its commands share. */
public final class Blows {
    @Option(names = "--rounds", description = "Blows. Each combination once, then again. Default: ${DEFAULT-VALUE}.")
    private int rounds = 200;

    @Option(names = "--seed", description = "Draws the order of the blows. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    /** At least one: of none nobody could say that everything held. */
    public int rounds() throws SettingsException {
        if (rounds < 1) {
            throw new SettingsException("--rounds is at least 1, not " + rounds);
        }
        return rounds;
    }

    public long seed() {
        return seed;
    }
}
