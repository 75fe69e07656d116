package dev.assent.shop.order;

import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** Every flow there is. */
@Component
class Checkouts {
    private final StrongCheckout strong;
    private final ThreePhaseCheckout threePhase;
    private final CommitPointCheckout commitPoint;
    private final TccCheckout tcc;
    private final OrderSagas saga;
    private final EventualCheckout eventual;

    Checkouts(
            StrongCheckout strong,
            ThreePhaseCheckout threePhase,
            CommitPointCheckout commitPoint,
            TccCheckout tcc,
            OrderSagas saga,
            EventualCheckout eventual) {
        this.strong = strong;
        this.threePhase = threePhase;
        this.commitPoint = commitPoint;
        this.tcc = tcc;
        this.saga = saga;
        this.eventual = eventual;
    }

    /**
     * The checkout by the flow that it asks for.
     *
     * @param begun hears the token to ask with, should the answer be lost
     * @throws Refused no stock or no money
     */
    CheckoutReply place(CheckoutRequest request, Consumer<String> begun) throws Exception {
        return switch (request.flow()) {
            case STRONG -> strong.place(request, begun);
            case THREE_PHASE -> threePhase.place(request, begun);
            case COMMIT_POINT -> commitPoint.place(request, begun);
            case TCC -> tcc.place(request, begun);
            case SAGA -> saga.place(request, begun);
            case EVENTUAL -> eventual.place(request);
        };
    }
}
