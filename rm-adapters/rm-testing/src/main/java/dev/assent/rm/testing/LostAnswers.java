package dev.assent.rm.testing;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.ResourceManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;

/** Another transaction service, whose answers to commit and rollback are lost on the way. */
public final class LostAnswers implements TransactionService {
    private final TransactionService real;

    public LostAnswers(TransactionService real) {
        this.real = real;
    }

    @Override
    public void deregister(String resourceManager) {
        real.deregister(resourceManager);
    }

    @Override
    public void register(ResourceManager resource) {
        real.register(resource);
    }

    @Override
    public GlobalTransaction begin(Duration timeout) {
        return lossy(real.begin(timeout));
    }

    @Override
    public GlobalTransaction join(String token) {
        return real.join(token);
    }

    @Override
    public Outcome outcome(String token) {
        return real.outcome(token);
    }

    @Override
    public void close() {
        real.close();
    }

    private static GlobalTransaction lossy(GlobalTransaction real) {
        return (GlobalTransaction) Proxy.newProxyInstance(
                LostAnswers.class.getClassLoader(), new Class<?>[] {GlobalTransaction.class}, (proxy, method, args) -> {
                    try {
                        Object answer = method.invoke(real, args);
                        return answer instanceof Outcome ? new Outcome.Unknown("the answer was lost") : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
