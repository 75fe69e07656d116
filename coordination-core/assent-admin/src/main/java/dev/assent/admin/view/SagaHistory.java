package dev.assent.admin.view;

import java.time.Instant;
import java.util.List;

/**
 * One of them with its log; neither its input nor its steps' results are shown.
 *
 * @param deadline after which it turns back if it is not completed
 * @param next what happens next, for people
 */
public record SagaHistory(SagaHead saga, Instant deadline, String next, List<SagaStep> steps, List<SagaNote> log) {
    public SagaHistory {
        steps = List.copyOf(steps);
        log = List.copyOf(log);
    }
}
