package dev.assent.rm.spring;

import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Gives every {@code RestClient}, {@code RestClient.Builder} and {@code RestTemplate} bean the interceptor, if it has
 * none: a client that nobody thought of would leave the transaction in silence. It goes first, so that hosts are
 * compared as the application names them, before a load balancer puts others in their place.
 */
final class PropagatingClients implements BeanPostProcessor {
    private final ObjectProvider<PropagatingInterceptor> interceptor;

    PropagatingClients(ObjectProvider<PropagatingInterceptor> interceptor) {
        this.interceptor = interceptor;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof RestClient.Builder builder) {
            return builder.requestInterceptors(this::addTo);
        }
        if (bean instanceof RestClient client) {
            return client.mutate().requestInterceptors(this::addTo).build();
        }
        if (bean instanceof RestTemplate template) {
            List<ClientHttpRequestInterceptor> interceptors = template.getInterceptors();
            addTo(interceptors);
            template.setInterceptors(List.copyOf(interceptors));
        }
        return bean;
    }

    private void addTo(List<ClientHttpRequestInterceptor> interceptors) {
        if (interceptors.stream().noneMatch(PropagatingInterceptor.class::isInstance)) {
            interceptors.add(0, interceptor.getObject());
        }
    }
}
