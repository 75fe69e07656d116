package dev.assent.shop.order;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;

/** An order as Hibernate writes it; its status is moved by events, not through this entity. */
@Entity
@Table(name = "goods_order")
@NullUnmarked // Hibernate fills the fields
@SuppressWarnings("UnusedVariable") // and reads them
class GoodsOrder {
    @Id
    private UUID id;

    private String customer;
    private String item;
    private int quantity;

    @Column(name = "amount_cents")
    private long amountCents;

    private int status;

    protected GoodsOrder() {}

    GoodsOrder(CheckoutRequest request, long amountCents) {
        this.id = request.orderId();
        this.customer = request.customer();
        this.item = request.item();
        this.quantity = request.quantity();
        this.amountCents = amountCents;
        this.status = OrderStatus.CREATED.code();
    }
}
