package dev.assent.saga.model;

import java.util.List;

/**
 * What is known of a saga from its start on, and never changes.
 *
 * @param input of the application's, handed to every call
 * @param deadlineMillis epoch time after which it turns back if it is not completed
 * @param shape of the plan it was started with; one that differs is another definition under the same name
 */
public record SagaHeader(
        SagaId id,
        String name,
        int version,
        String input,
        long createdMillis,
        long deadlineMillis,
        List<List<String>> shape) {
    /** Of an input, as UTF-8. */
    public static final int INPUT_BYTES_MAX = 64 << 10;

    public SagaHeader {
        shape = shape.stream().map(List::copyOf).toList();
    }

    /** Whether {@code plan} is what this saga was started with. */
    public boolean isOf(SagaPlan plan) {
        return name.equals(plan.name()) && version == plan.version() && shape.equals(plan.shape());
    }
}
