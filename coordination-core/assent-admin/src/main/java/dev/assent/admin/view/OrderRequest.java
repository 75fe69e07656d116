package dev.assent.admin.view;

import java.util.List;
import java.util.Optional;

/**
 * The body of a POST.
 *
 * @param reason why; demanded unless it is a dry run
 * @param dryRun whether it is only to be said what would be done; absent is true
 * @param decision COMMIT or ABORT: with another one nothing is to be done
 */
public record OrderRequest(List<String> items, Optional<String> reason, boolean dryRun, Optional<String> decision) {
    public OrderRequest {
        items = List.copyOf(items);
    }
}
