package dev.assent.rm.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.OutcomeUnknownException;
import dev.assent.rm.testing.LostAnswers;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.testing.DocumentedCode;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/** What a caller hears whose coordinator's answer was lost, and how it learns the truth later. */
class UnknownOutcomeTest {
    private final MemoryTransactionService service = new MemoryTransactionService();
    private final AssentTransactions transactions = new AssentTransactions(new LostAnswers(service));
    private final TransactionTemplate template = new TransactionTemplate(SpringTransactions.manager(transactions));

    @Test
    void spring_tells_an_unknown_commit_by_its_own_exception_which_carries_the_token_to_ask_with() {
        TransactionOutcomeUnknownException unknown = catchThrowableOfType(
                TransactionOutcomeUnknownException.class, () -> template.executeWithoutResult(status -> {}));

        assertThat(unknown).isInstanceOf(TransactionSystemException.class).hasMessageContaining("the answer was lost");
        assertThat(unknown.getMessage()).contains(unknown.transactionId()).doesNotContain(unknown.token());
        assertThat(transactions.outcome(unknown.token())).isEqualTo(new Outcome.Committed());
    }

    @Test
    void spring_tells_an_unknown_rollback_by_the_same_exception() {
        TransactionOutcomeUnknownException unknown = catchThrowableOfType(
                TransactionOutcomeUnknownException.class,
                () -> template.executeWithoutResult(status -> status.setRollbackOnly()));

        assertThat(transactions.outcome(unknown.token())).isInstanceOf(Outcome.RolledBack.class);
    }

    @Test
    void the_example_of_the_documents_learns_the_truth(@TempDir Path directory) throws Exception {
        Class<?> payouts = DocumentedCode.under(
                        Path.of("..", "..", "docs", "adapters.md"), "### When the outcome is not known")
                .compile(directory)
                .loadClass("Payouts");
        Constructor<?> constructor = payouts.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        Object example = constructor.newInstance(template, transactions);

        Object token = call(example, "pay", Runnable.class, (Runnable) () -> {});

        assertThat(call(example, "ask", String.class, token)).isEqualTo("paid");
    }

    private static Object call(Object example, String name, Class<?> type, Object argument)
            throws ReflectiveOperationException {
        Method method = example.getClass().getDeclaredMethod(name, type);
        method.setAccessible(true);
        return method.invoke(example, argument);
    }

    @Test
    void plain_jta_tells_it_by_a_system_exception_which_carries_the_token_to_ask_with() throws Exception {
        transactions.begin();
        String token = transactions.token().orElseThrow();

        OutcomeUnknownException unknown = catchThrowableOfType(OutcomeUnknownException.class, transactions::commit);

        assertThat(unknown.token()).isEqualTo(token);
        assertThat(transactions.outcome(token)).isEqualTo(new Outcome.Committed());
    }
}
