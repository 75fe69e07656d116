package dev.assent.shop.order;

import dev.assent.shop.service.OrderEvent;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;

/** An order as Hibernate writes and reads it. Events move its status by SQL, not through this entity. */
@Entity
@Table(name = "goods_order")
@NullUnmarked // Hibernate fills the fields
class GoodsOrder {
    @Id
    private UUID id;

    private String customer;
    private String item;
    private int quantity;

    @Column(name = "amount_cents")
    private long amountCents;

    private int status;
    private String reason;
    private String flow;

    @Column(name = "created_at", insertable = false, updatable = false)
    private Instant createdAt;

    protected GoodsOrder() {}

    GoodsOrder(CheckoutRequest request, long amountCents) {
        this.id = request.orderId();
        this.customer = request.customer();
        this.item = request.item();
        this.quantity = request.quantity();
        this.amountCents = amountCents;
        this.status = OrderStatus.CREATED.code();
        this.flow = request.flow().word();
    }

    UUID id() {
        return id;
    }

    OrderStatus status() {
        return OrderStatus.of(status);
    }

    void refunded() {
        status = OrderStatus.REFUNDED.code();
    }

    OrderEvent event() {
        return new OrderEvent(id, customer, item, quantity, amountCents, "");
    }

    OrderView view() {
        return new OrderView(
                id,
                customer,
                item,
                quantity,
                amountCents,
                status().word(),
                flow,
                reason == null ? "" : reason,
                createdAt);
    }
}
