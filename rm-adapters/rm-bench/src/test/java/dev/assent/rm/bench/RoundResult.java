package dev.assent.rm.bench;

/** One contender's round, as its worker tells it. */
record RoundResult(long transactions, long micros, long medianMicros, long percentile99Micros) {
    private static final String WORD = "result";

    String line() {
        return String.join(
                " ",
                WORD,
                Long.toString(transactions),
                Long.toString(micros),
                Long.toString(medianMicros),
                Long.toString(percentile99Micros));
    }

    static boolean isResult(String line) {
        return line.startsWith(WORD + " ");
    }

    static RoundResult parse(String line) {
        String[] words = line.split(" ", 5);
        return new RoundResult(
                Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4]));
    }

    double perSecond() {
        return transactions * 1e6 / micros;
    }
}
