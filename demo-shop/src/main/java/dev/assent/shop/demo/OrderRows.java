package dev.assent.shop.demo;

import dev.assent.shop.page.Picture;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The shop's tables as the page reads them. */
final class OrderRows {
    static final String LATEST =
            "select id::text, customer, item, quantity, amount_cents, status, coalesce(reason, ''),"
                    + " (extract(epoch from clock_timestamp() - created_at) * 1000)::bigint, flow"
                    + " from goods_order order by created_at desc limit ?";

    /** Events of different orders pass each other, but not by minutes. */
    static final String LOST = "select count(*) from goods_order where status = 0 and created_at <"
            + " (select max(created_at) from goods_order where status = 100) - interval '90 s'";

    /**
     * How the orders of a digit have ended. One that was given up by a saga or by events is on its way until what it took is
     * given back, and nobody in its database knows when that is.
     */
    static final String STATUSES = "select id::text,"
            + " case when status in (98, 99) and flow in ('saga', 'eventual') then 0 else status end"
            + " from goods_order where left(id::text, 1) = ?";

    /** What is held by a try, and may be taken or let go. */
    static final int HELD = 2;

    /** What the orders of a digit have of it. */
    static final String RESERVED = "select order_id::text, case state when 'held' then " + HELD + " else 1 end"
            + " from reservation where state in ('reserved', 'held') and left(order_id::text, 1) = ?";

    static final String PAID = "select order_id::text, case state when 'held' then " + HELD + " else 1 end"
            + " from payment where state in ('paid', 'held') and left(order_id::text, 1) = ?";

    static final String RESERVED_PIECES = "select item, sum(quantity) as pieces from reservation"
            + " where state in ('reserved', 'held') group by item";

    static final String PAID_CENTS =
            "select coalesce(sum(amount_cents), 0) from payment where state in ('paid', 'held')";

    static final int CREATED = 0;
    static final int CANCELLED = 98;
    static final int FAILED = 99;
    static final int PAID_STATUS = 100;
    static final int REFUNDED = 110;

    private OrderRows() {}

    static Picture.Ordered read(ResultSet row) throws SQLException {
        int status = row.getInt(6);
        return new Picture.Ordered(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getString(9),
                word(status),
                status == CREATED ? Picture.Mood.WAITING : status == FAILED ? Picture.Mood.BAD : Picture.Mood.GOOD,
                Optional.ofNullable(row.getString(7)).orElse(""),
                row.getLong(8),
                actions(status, row.getString(9)));
    }

    private static List<String> actions(int status, String flow) {
        if (status == PAID_STATUS) {
            return List.of("refund");
        }
        return status == CREATED && flow.equals("eventual") ? List.of("cancel") : List.of();
    }

    /** As customers are told. */
    static String word(int status) {
        return switch (status) {
            case CREATED -> "created";
            case CANCELLED -> "cancelled";
            case FAILED -> "payment-failed";
            case PAID_STATUS -> "paid";
            case REFUNDED -> "refunded";
            default -> "status " + status;
        };
    }
}
