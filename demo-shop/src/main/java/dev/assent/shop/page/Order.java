package dev.assent.shop.page;

import java.util.UUID;
import java.util.regex.Pattern;

/** What whoever looks at the page can have done. */
public sealed interface Order {
    <R> R accept(Handler<R> handler);

    /**
     * Buy something.
     *
     * @param token drawn by the page for one purchase: the same one twice buys once
     */
    record Buy(String customer, String item, int quantity, String flow, UUID token) implements Order {
        static final int QUANTITY_MAX = 99;

        private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");

        public Buy {
            if (!NAME.matcher(customer).matches()
                    || !NAME.matcher(item).matches()
                    || !NAME.matcher(flow).matches()) {
                throw new IllegalArgumentException("customer, item and flow are names of small letters and digits");
            }
            if (quantity < 1 || quantity > QUANTITY_MAX) {
                throw new IllegalArgumentException("one buys 1 to " + QUANTITY_MAX + " pieces, not " + quantity);
            }
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.buy(this);
        }
    }

    /** Give an order's money and goods back. */
    record Refund(UUID order) implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refund(this);
        }
    }

    /** Give up an order that is not paid yet. */
    record Cancel(UUID order) implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.cancel(this);
        }
    }

    /** So many customers are to shop by themselves. */
    record Load(int customers) implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.load(this);
        }
    }

    /** Break something, by a drill's name. */
    record Strike(String drill) implements Order {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.strike(this);
        }
    }

    /** One method for each, so that none is forgotten. */
    interface Handler<R> {
        R buy(Buy order);

        R refund(Refund order);

        R cancel(Cancel order);

        R load(Load order);

        R strike(Strike order);
    }
}
