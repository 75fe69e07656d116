package dev.assent.shop.tcc;

import com.sun.net.httpserver.HttpServer;
import dev.assent.rm.http.OutgoingTransactions;
import dev.assent.rm.http.TargetHosts;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.OutcomeUnknownException;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Begins transactions, has both services try in them, and ends them as it is told; answers how they ended. */
final class CallerMain {
    static final String READY_LINE = "caller calls";
    private static final int TIMEOUT_SECONDS = 3;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

    private final Strike strike = new Strike();
    private final AssentTransactions transactions;
    private final HttpClient http;
    private final int stockPort;
    private final int tillPort;

    private CallerMain(String nodes, int stockPort, int tillPort) {
        transactions =
                new AssentTransactions(RemoteTransactionService.connect(RemoteConfig.of(nodes, PlannedFault.CALLER)));
        http = new OutgoingTransactions(transactions, TargetHosts.loopbackOnly()).over(HttpClient.newHttpClient());
        this.stockPort = stockPort;
        this.tillPort = tillPort;
    }

    /** Arguments: port, coordinator nodes, the ports of both services. */
    public static void main(String[] arguments) throws IOException {
        CallerMain caller =
                new CallerMain(arguments[1], Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        HttpServer server = Http.server(Integer.parseInt(arguments[0]));
        Http.serve(
                server, "/commit", (exchange, id) -> caller.transfer(id, true).name());
        Http.serve(server, "/rollback", (exchange, id) -> caller.transfer(id, false)
                .name());
        Http.serve(server, "/arm", (exchange, words) -> {
            caller.strike.arm(words);
            return "";
        });
        Http.serve(server, "/disarm", (exchange, nothing) -> caller.strike.disarm() ? "in time" : "too late");
        server.start();
        System.out.println(READY_LINE);
    }

    private Told transfer(String id, boolean commits) throws Exception {
        transactions.setTransactionTimeout(TIMEOUT_SECONDS);
        try {
            transactions.begin();
        } catch (NotSupportedException | SystemException away) {
            System.out.println("not begun: " + away.getMessage());
            return Told.ROLLED_BACK;
        }
        strike.at(Step.BEGUN);
        boolean tried = attempt(stockPort, id);
        strike.at(Step.HALF_TRIED);
        tried = tried && attempt(tillPort, id);
        strike.at(Step.ALL_TRIED);
        Told told = ended(tried && commits);
        strike.at(Step.ENDED);
        return told;
    }

    private boolean attempt(int port, String id) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(Http.uri(port, "/try"))
                    .timeout(CALL_TIMEOUT)
                    .POST(HttpRequest.BodyPublishers.ofString(id))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == Http.OK;
        } catch (IOException | IllegalStateException failed) {
            System.out.println("not tried: " + failed);
            return false;
        }
    }

    private Told ended(boolean commits) {
        try {
            if (commits) {
                transactions.commit();
                return Told.COMMITTED;
            }
            transactions.rollback();
            return Told.ROLLED_BACK;
        } catch (RollbackException rolledBack) {
            return Told.ROLLED_BACK;
        } catch (HeuristicMixedException | HeuristicRollbackException broken) {
            System.out.println("heuristic: " + broken.getMessage());
            return Told.BROKEN;
        } catch (OutcomeUnknownException unknown) {
            return Told.UNKNOWN;
        } catch (SystemException | IllegalStateException failed) {
            System.out.println("not ended: " + failed);
            return Told.UNKNOWN;
        }
    }
}
