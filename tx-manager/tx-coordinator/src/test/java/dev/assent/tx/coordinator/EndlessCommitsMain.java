package dev.assent.tx.coordinator;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.testing.FileResource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Commits for ever over two resources, four threads at a time, and prints each outcome; made to be killed. */
final class EndlessCommitsMain {
    private static final int THREADS = 4;

    private EndlessCommitsMain() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        FileResource orders = new FileResource("orders", folder);
        FileResource payments = new FileResource("payments", folder);
        EmbeddedTransactionService service = EmbeddedTransactionService.start(CoordinatorKillIT.config(args[0]));
        service.register(orders);
        service.register(payments);
        for (int thread = 0; thread < THREADS; thread++) {
            new Thread(() -> commitForEver(service, orders, payments), "committer-" + thread).start();
        }
    }

    private static void commitForEver(EmbeddedTransactionService service, FileResource orders, FileResource payments) {
        boolean going = true;
        while (going) {
            try {
                commit(service, orders, payments);
            } catch (TransactionServiceException e) {
                System.err.println("again, with another session, after " + e); // on a slow machine
            }
            going = !System.out.checkError();
        }
    }

    private static void commit(EmbeddedTransactionService service, FileResource orders, FileResource payments) {
        GlobalTransaction transaction = service.begin(Duration.ofSeconds(10));
        transaction.enlist(transaction.newBranch("orders"), orders);
        transaction.enlist(transaction.newBranch("payments"), payments);
        Outcome outcome = transaction.commit();
        System.out.println(
                "outcome " + transaction.id() + " " + outcome.getClass().getSimpleName());
    }
}
