package dev.assent.shop.order;

import dev.assent.saga.api.InputText;
import dev.assent.saga.api.Saga;
import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.api.SagaMethods;
import dev.assent.saga.api.SagaStep;
import dev.assent.saga.api.StepContext;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.jdbc.SagaGuard;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.Problem;
import java.io.IOException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/**
 * The checkout as a saga: order, goods, money and the news of it, one local transaction after the other. What cannot go on is
 * compensated, the last step first, by whichever process is alive; others see its middle.
 */
@Component
@Saga(name = "checkout", version = 1, withinMillis = 30_000)
class SagaCheckout {
    private final DataSource database;
    private final OrderBook orders;
    private final SagaCalls calls;

    SagaCheckout(DataSource database, OrderBook orders, SagaCalls calls) {
        this.database = database;
        this.orders = orders;
        this.calls = calls;
    }

    SagaDefinition<CheckoutRequest> definition() {
        return SagaMethods.definition(this, new InputText<>(calls::write, calls::read));
    }

    @SagaStep(stage = 1, compensation = "giveUp")
    String order(StepContext<CheckoutRequest> step) throws SQLException, StepRefusedException {
        return SagaGuard.act(database, step.key(), connection -> {
            try {
                orders.placed(connection, step.input());
            } catch (Problem taken) {
                throw new StepRefusedException(taken.reason());
            }
            return "";
        });
    }

    void giveUp(StepContext<CheckoutRequest> step) throws SQLException {
        SagaGuard.compensate(
                database,
                step.key(),
                connection -> orders.fail(connection, step.input().orderId(), "the saga turned back"));
    }

    /** Its result is the price in cents. */
    @SagaStep(stage = 2, compensation = "release")
    String reserve(StepContext<CheckoutRequest> step) throws IOException, InterruptedException, StepRefusedException {
        return calls.reservation(step);
    }

    void release(StepContext<CheckoutRequest> step) throws IOException, InterruptedException, StepRefusedException {
        String unused = calls.reservation(step);
    }

    @SagaStep(stage = 3, compensation = "payBack")
    String pay(StepContext<CheckoutRequest> step) throws IOException, InterruptedException, StepRefusedException {
        return calls.payment(step, cents(step));
    }

    void payBack(StepContext<CheckoutRequest> step) throws IOException, InterruptedException, StepRefusedException {
        String unused = calls.payment(step, 0);
    }

    /** It may be done, and the saga turn back all the same: after its time, or when nobody heard that it was done. */
    @SagaStep(stage = 4, compensation = "untell")
    String tell(StepContext<CheckoutRequest> step) throws SQLException, StepRefusedException {
        return SagaGuard.act(database, step.key(), connection -> {
            orders.price(connection, step.input().orderId(), cents(step));
            step.input().event().withAmount(cents(step)).append(connection, EventKind.ORDER_PAID);
            return "";
        });
    }

    /** The order can become paid no more, and shipping stops; goods and money are given back by the steps before. */
    void untell(StepContext<CheckoutRequest> step) throws SQLException {
        SagaGuard.compensate(database, step.key(), connection -> {
            orders.untold(connection, step.input().orderId(), "the saga turned back");
            step.input().event().append(connection, EventKind.ORDER_REFUNDED);
        });
    }

    private static long cents(StepContext<?> step) {
        return Long.parseLong(step.result("reserve").orElseThrow());
    }
}
