package dev.assent.shop.demo.parts;

import java.util.SplittableRandom;
import java.util.UUID;

/**
 * One checkout to try.
 *
 * @param orderId chosen by the customer's side, so that asking again cannot order twice
 * @param quantity pieces, 1 to 3
 */
public record Basket(UUID orderId, String customer, String item, int quantity) {
    public static final int CUSTOMERS = 40;
    public static final int ITEMS = 25;

    /** Never on stock, so that buying it must fail. */
    public static final String SOLD_OUT_ITEM = "item-sold-out";

    /** Has no money, so that paying must fail. */
    public static final String BROKE_CUSTOMER = "customer-broke";

    private static final int DOOMED_PERCENT = 8;
    private static final int QUANTITY_END = 4;

    /** Draws a basket; about one in twelve lacks stock and one in twelve lacks money. */
    public static Basket draw(SplittableRandom random) {
        UUID orderId = new UUID(random.nextLong(), random.nextLong());
        int fate = random.nextInt(100);
        String item = fate < DOOMED_PERCENT ? SOLD_OUT_ITEM : itemName(random.nextInt(ITEMS));
        boolean broke = fate >= DOOMED_PERCENT && fate < 2 * DOOMED_PERCENT;
        String customer = broke ? BROKE_CUSTOMER : customerName(random.nextInt(CUSTOMERS));
        return new Basket(orderId, customer, item, random.nextInt(1, QUANTITY_END));
    }

    public static String itemName(int number) {
        return "item-" + number;
    }

    public static String customerName(int number) {
        return "customer-" + number;
    }
}
