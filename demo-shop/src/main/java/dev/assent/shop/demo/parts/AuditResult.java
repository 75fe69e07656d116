package dev.assent.shop.demo.parts;

import java.util.List;

/**
 * What SQL says of the databases after quiescence.
 *
 * @param inDoubt prepared transactions left in PostgreSQL
 * @param duplicates events whose effect came more than once
 * @param lost committed orders whose event had no effect
 * @param violations each broken invariant in words, empty when all hold
 */
public record AuditResult(long paidOrders, long inDoubt, long duplicates, long lost, List<String> violations) {
    public AuditResult {
        violations = List.copyOf(violations);
    }

    public boolean holds() {
        return violations.isEmpty() && inDoubt == 0 && duplicates == 0 && lost == 0;
    }
}
