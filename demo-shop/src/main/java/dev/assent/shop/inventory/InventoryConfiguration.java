package dev.assent.shop.inventory;

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

/** What the inventory service hears and tells. */
@Configuration(proxyBeanMethods = false)
class InventoryConfiguration {
    private static final int OUTBOX_SHARDS = 1;

    @Bean
    EventPart stockEvents(ShopEvents events, LocalTransactions local, DataSource database) throws SQLException {
        events.install(database, OUTBOX_SHARDS);
        return events.consumer(
                List.of(EventKind.ORDERS, EventKind.PAYMENTS), new LocalEffect(local, new EventualStock()));
    }

    @Bean
    EventPart stockRelay(ShopEvents events, EventPart stockEvents) {
        return events.relay();
    }
}
