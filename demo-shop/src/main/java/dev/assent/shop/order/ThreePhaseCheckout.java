package dev.assent.shop.order;

import dev.assent.rm.spring.GlobalTransaction;
import dev.assent.tx.api.Protocol;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;

/** The strong checkout in three phases: the services end it among themselves, though all coordinators are dead. */
@Service
class ThreePhaseCheckout {
    private final StrongCheckout strong;

    ThreePhaseCheckout(StrongCheckout strong) {
        this.strong = strong;
    }

    /** As {@link StrongCheckout#place}, which goes on in the transaction that begins here. */
    @GlobalTransaction(
            protocol = Protocol.THREE_PHASE,
            timeout = StrongCheckout.TIMEOUT_SECONDS,
            rollbackFor = Exception.class)
    public CheckoutReply place(CheckoutRequest request, Consumer<String> begun) throws SQLException {
        return strong.place(request, begun);
    }
}
