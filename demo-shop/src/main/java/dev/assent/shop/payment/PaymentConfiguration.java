package dev.assent.shop.payment;

import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.EventPart;
import dev.assent.shop.service.LocalEffect;
import dev.assent.shop.service.LocalTransactions;
import dev.assent.shop.service.ShopEvents;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the payment service hears and tells. */
@Configuration(proxyBeanMethods = false)
class PaymentConfiguration {
    private static final int OUTBOX_SHARDS = 1;

    @Bean
    EventPart paymentEvents(ShopEvents events, LocalTransactions local, DataSource database) throws SQLException {
        events.install(database, OUTBOX_SHARDS);
        return events.consumer(List.of(EventKind.STOCK, EventKind.ORDERS), new LocalEffect(local, new EventualMoney()));
    }

    @Bean
    EventPart paymentRelay(ShopEvents events, EventPart paymentEvents) {
        return events.relay();
    }
}
