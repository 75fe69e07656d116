package dev.assent.rm.spring;

import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

/** As {@link PropagatingClients}, for {@code WebClient} and {@code WebClient.Builder} beans. */
final class PropagatingWebClients implements BeanPostProcessor {
    private final ObjectProvider<PropagatingFilter> filter;

    PropagatingWebClients(ObjectProvider<PropagatingFilter> filter) {
        this.filter = filter;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof WebClient.Builder builder) {
            return builder.filters(this::addTo);
        }
        if (bean instanceof WebClient client) {
            return client.mutate().filters(this::addTo).build();
        }
        return bean;
    }

    private void addTo(List<ExchangeFilterFunction> filters) {
        if (filters.stream().noneMatch(PropagatingFilter.class::isInstance)) {
            filters.add(0, filter.getObject());
        }
    }
}
