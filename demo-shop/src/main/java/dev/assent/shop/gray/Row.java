package dev.assent.shop.gray;

/**
 * One row of the matrix.
 *
 * @param name as it is asked for on the command line
 * @param what one line for people
 * @param needsSlowDisk whether it cannot run without {@link SlowDisk}
 */
record Row(String name, String what, boolean needsSlowDisk, Script script) {

    /** Sets the row up; nothing is broken yet. */
    @FunctionalInterface
    interface Script {
        Scene open(Stage stage) throws Exception;
    }
}
