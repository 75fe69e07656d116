package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.tx.api.Protocol;
import dev.assent.tx.api.TransactionService;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Which protocol a method's transaction is begun with. */
class GlobalTransactionTest {
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final List<String> begun = new ArrayList<>();
    private Checkout checkout;

    @BeforeEach
    void start() {
        MemoryTransactionService memory = new MemoryTransactionService();
        context.registerBean(TransactionService.class, (Supplier<TransactionService>) () -> noting(memory));
        context.registerBean(Inner.class);
        context.registerBean(Checkout.class);
        context.register(AssentTransactionConfiguration.class);
        context.refresh();
        checkout = context.getBean(Checkout.class);
    }

    /** Notes how each transaction is begun; it is begun as any. */
    private TransactionService noting(TransactionService memory) {
        return (TransactionService) Proxy.newProxyInstance(
                TransactionService.class.getClassLoader(),
                new Class<?>[] {TransactionService.class},
                (self, method, given) -> {
                    if (method.getName().equals("begin")) {
                        begun.add(given.length == 1 ? "default" : given[1].toString());
                        return memory.begin((Duration) given[0]);
                    }
                    try {
                        return method.invoke(memory, given);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    @AfterEach
    void stop() {
        context.close();
    }

    /** Work within work. */
    static class Inner {
        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public void apart() {}

        @GlobalTransaction(protocol = Protocol.TWO_PHASE)
        public void within() {}

        @GlobalTransaction(protocol = Protocol.TWO_PHASE, propagation = Propagation.REQUIRES_NEW)
        public void apartByItsOwn() {}
    }

    /** Methods of each kind. */
    static class Checkout {
        private final Inner inner;
        private final AssentTransactions transactions;

        Checkout(Inner inner, AssentTransactions transactions) {
            this.inner = inner;
            this.transactions = transactions;
        }

        @GlobalTransaction(protocol = Protocol.THREE_PHASE, timeout = 7)
        public void important() {
            assertThat(transactions.token()).isPresent();
            inner.within();
            inner.apart();
        }

        @Transactional
        public void plain() {}

        @GlobalTransaction(protocol = Protocol.THREE_PHASE)
        public void outer() {
            inner.apartByItsOwn();
        }

        @GlobalTransaction(protocol = Protocol.THREE_PHASE, propagation = Propagation.SUPPORTS)
        public void withoutOne() {
            inner.apart();
        }

        @GlobalTransaction(protocol = Protocol.THREE_PHASE)
        public void failing() {
            throw new IllegalStateException("no");
        }
    }

    @Test
    void the_methods_own_transaction_is_begun_by_its_protocol_and_no_other() {
        checkout.important();
        checkout.plain();

        assertThat(begun).containsExactly("THREE_PHASE", "default", "default");
    }

    @Test
    void a_transaction_apart_from_the_callers_is_begun_by_its_own_protocol() {
        checkout.outer();

        assertThat(begun).containsExactly("THREE_PHASE", "TWO_PHASE");
    }

    @Test
    void a_method_that_begins_none_chooses_for_nobody() {
        checkout.withoutOne();

        assertThat(begun).containsExactly("default");
    }

    @Test
    void a_method_that_fails_leaves_no_choice_behind() {
        assertThatThrownBy(checkout::failing).hasMessage("no");
        checkout.plain();

        assertThat(begun).containsExactly("THREE_PHASE", "default");
    }
}
