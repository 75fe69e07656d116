package dev.assent.outbox.consumer;

import java.util.Optional;

/**
 * A glance at a consumer loop.
 *
 * @param handled effects made since the start
 * @param retried attempts that failed since the start
 * @param deadLetters events given up since the start
 * @param waitingPartitions partitions that queue behind a failed event now
 * @param lastProblem the newest failure
 */
public record ConsumerStatus(
        boolean running,
        long handled,
        long retried,
        long deadLetters,
        int waitingPartitions,
        Optional<String> lastProblem) {

    static ConsumerStatus unstarted() {
        return new ConsumerStatus(false, 0, 0, 0, 0, Optional.empty());
    }

    ConsumerStatus running(boolean now) {
        return new ConsumerStatus(now, handled, retried, deadLetters, waitingPartitions, lastProblem);
    }

    ConsumerStatus withProblem(String problem) {
        return new ConsumerStatus(running, handled, retried, deadLetters, waitingPartitions, Optional.of(problem));
    }

    ConsumerStatus afterEffect(int waiting) {
        return new ConsumerStatus(running, handled + 1, retried, deadLetters, waiting, lastProblem);
    }

    ConsumerStatus afterFailure(boolean dead, int waiting, String problem) {
        return new ConsumerStatus(
                running, handled, retried + 1, deadLetters + (dead ? 1 : 0), waiting, Optional.of(problem));
    }
}
