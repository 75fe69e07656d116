package dev.assent.admin.view;

import java.util.List;

/** What came of an order. */
public record ActionResult(boolean dryRun, List<ItemResult> items) {
    public ActionResult {
        items = List.copyOf(items);
    }
}
