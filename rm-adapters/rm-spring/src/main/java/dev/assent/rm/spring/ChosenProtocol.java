package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.ComposablePointcut;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.annotation.Propagation;

/**
 * Says, in front of Spring's own transactions, how the one that a method begins is committed: a method's {@link
 * GlobalTransaction}, else its class'.
 */
final class ChosenProtocol extends DefaultPointcutAdvisor {
    private static final long serialVersionUID = 1L;

    ChosenProtocol(ObjectProvider<AssentTransactions> transactions) {
        super(
                new ComposablePointcut(AnnotationMatchingPointcut.forMethodAnnotation(GlobalTransaction.class))
                        .union(AnnotationMatchingPointcut.forClassAnnotation(GlobalTransaction.class)),
                new Choosing(transactions));
        setOrder(Ordered.HIGHEST_PRECEDENCE);
    }

    private record Choosing(ObjectProvider<AssentTransactions> transactions) implements MethodInterceptor {
        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            AssentTransactions ours = transactions.getObject();
            GlobalTransaction chosen = chosen(invocation);
            if (chosen == null || !begins(chosen.propagation(), ours.getTransaction() != null)) {
                return invocation.proceed();
            }
            AssentTransactions.NextProtocol next = ours.beginNextBy(chosen.protocol());
            try {
                return invocation.proceed();
            } finally {
                next.close();
            }
        }

        /** Else what the method calls would begin its own by this one's choice. */
        private static boolean begins(Propagation propagation, boolean within) {
            return switch (propagation) {
                case REQUIRES_NEW -> true;
                case REQUIRED, NESTED -> !within;
                case SUPPORTS, MANDATORY, NOT_SUPPORTED, NEVER -> false;
            };
        }

        private static @Nullable GlobalTransaction chosen(MethodInvocation invocation) {
            Object target = invocation.getThis();
            Class<?> type =
                    target == null ? invocation.getMethod().getDeclaringClass() : AopUtils.getTargetClass(target);
            GlobalTransaction ofMethod = AnnotatedElementUtils.findMergedAnnotation(
                    AopUtils.getMostSpecificMethod(invocation.getMethod(), type), GlobalTransaction.class);
            return ofMethod != null
                    ? ofMethod
                    : AnnotatedElementUtils.findMergedAnnotation(type, GlobalTransaction.class);
        }
    }
}
