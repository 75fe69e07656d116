package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.tcc.Outside;
import dev.assent.rm.tcc.TccAction;
import dev.assent.rm.tcc.TccParticipant;
import dev.assent.rm.tcc.TccResource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/**
 * Makes participants of the methods that say so ({@link TwoPhaseParticipant}), and lets their resources take part when
 * all beans are there, so that recovery finds each of them named.
 */
final class TwoPhaseParticipants implements BeanPostProcessor, SmartInitializingSingleton, Ordered {
    private final ObjectProvider<TccResource> resources;
    private final ObjectProvider<AssentTransactions> transactions;
    private final ObjectProvider<JtaTransactionManager> manager;

    TwoPhaseParticipants(
            ObjectProvider<TccResource> resources,
            ObjectProvider<AssentTransactions> transactions,
            ObjectProvider<JtaTransactionManager> manager) {
        this.resources = resources;
        this.transactions = transactions;
        this.manager = manager;
    }

    /** After Spring's own proxies: a try is inside the transaction that its own {@code @Transactional} may begin. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<TccResource> all = resources.stream().toList();
        if (all.isEmpty()) {
            return;
        }
        AssentTransactions ours = transactions.getObject();
        JtaTransactionManager springs = manager.getIfAvailable();
        Outside outside = springs == null ? ours::outside : new Suspended(springs);
        all.forEach(resource -> resource.takePart(ours, outside));
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopUtils.getTargetClass(bean);
        Map<Method, TwoPhaseParticipant> said =
                MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<TwoPhaseParticipant>)
                        method -> AnnotatedElementUtils.findMergedAnnotation(method, TwoPhaseParticipant.class));
        if (said.isEmpty()) {
            return bean;
        }
        Object target =
                Optional.ofNullable(AopProxyUtils.getSingletonTarget(bean)).orElse(bean);
        Map<Method, Attempt> attempts = new HashMap<>();
        said.forEach((method, one) -> attempts.put(method, attempt(target, ParticipantMethods.of(type, method, one))));
        return advised(bean, new Attempts(attempts));
    }

    private static Object advised(Object bean, Attempts attempts) {
        if (bean instanceof Advised proxy && !proxy.isFrozen()) {
            proxy.addAdvice(attempts);
            return bean;
        }
        ProxyFactory proxies = new ProxyFactory(bean);
        proxies.setProxyTargetClass(true);
        proxies.addAdvice(attempts);
        return proxies.getProxy(bean.getClass().getClassLoader());
    }

    private Attempt attempt(Object target, ParticipantMethods methods) {
        TccResource resource = resource(methods);
        return new Attempt(
                resource,
                resource.participant(methods.said().name(), methods.codec(), new Ends(target, methods, resource)));
    }

    private TccResource resource(ParticipantMethods methods) {
        String wanted = methods.said().resource();
        List<TccResource> fitting = resources.stream()
                .filter(resource -> wanted.isEmpty() || resource.name().equals(wanted))
                .toList();
        if (fitting.size() != 1) {
            throw new IllegalStateException("@TwoPhaseParticipant(name = \""
                    + methods.said().name() + "\") needs one"
                    + " TccResource bean" + (wanted.isEmpty() ? "" : " named \"" + wanted + "\"") + ", and there are "
                    + fitting.size()
                    + (fitting.isEmpty()
                            ? ": declare @Bean TccResource fence(DataSource source) { return"
                                    + " TccResource.open(\"a-name\", source); }"
                            : ": say which by resource ="));
        }
        return fitting.get(0);
    }

    private record Attempt(TccResource resource, TccParticipant<@Nullable Object[]> participant) {}

    /** Calls of the annotated methods of one bean. */
    private record Attempts(Map<Method, Attempt> byMethod) implements MethodInterceptor {
        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            Attempt attempt = byMethod.get(invocation.getMethod());
            if (attempt == null) {
                return invocation.proceed();
            }
            Optional<Object> result = attempt.participant()
                    .attempt(
                            invocation.getArguments(),
                            connection -> Optional.ofNullable(LocalConnection.within(
                                    attempt.resource().dataSource(), connection, invocation::proceed)));
            return result.orElse(null);
        }
    }

    /** Confirm and cancel, on the bean itself: whatever its proxies do is for calls of the application. */
    private record Ends(Object target, ParticipantMethods methods, TccResource resource)
            implements TccAction<@Nullable Object[]> {
        @Override
        public void attempt(Connection connection, @Nullable Object[] arguments) {
            throw new IllegalStateException("a try of " + methods.attempt() + " is a call of it");
        }

        @Override
        public void confirm(Connection connection, @Nullable Object[] arguments) {
            call(methods.confirm(), connection, arguments);
        }

        @Override
        public void cancel(Connection connection, @Nullable Object[] arguments) {
            call(methods.cancel(), connection, arguments);
        }

        private void call(Method method, Connection connection, @Nullable Object[] arguments) {
            try {
                LocalConnection.within(resource.dataSource(), connection, () -> method.invoke(target, arguments));
            } catch (InvocationTargetException e) {
                throw new IllegalStateException(method.getName() + " failed: " + e.getCause(), e.getCause());
            } catch (Exception e) {
                throw new IllegalStateException(method + " cannot be called: " + e, e);
            }
        }
    }

    /** Puts away what Spring knows of the transaction too: data sources that it has bound to the thread. */
    private record Suspended(JtaTransactionManager manager) implements Outside {
        @Override
        public <T> T run(Callable<T> work) throws Exception {
            TransactionStatus none = manager.getTransaction(
                    new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_NOT_SUPPORTED));
            try {
                return work.call();
            } finally {
                manager.commit(none); // of nothing: what was put away comes back
            }
        }
    }
}
