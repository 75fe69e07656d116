package dev.assent.shop.order;

import java.time.Instant;
import java.util.UUID;

/** An order as it is shown. */
record OrderView(
        UUID order,
        String customer,
        String item,
        int quantity,
        long amountCents,
        String status,
        String flow,
        String reason,
        Instant createdAt) {}
