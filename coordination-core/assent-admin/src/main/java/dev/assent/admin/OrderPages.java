package dev.assent.admin;

import dev.assent.admin.login.Caller;
import dev.assent.admin.view.Login;
import dev.assent.admin.view.OrderRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** What is answered to orders, and who may give them. Thread-safe. */
final class OrderPages {
    private final AdminSource source;
    private final Map<Act, Action> actions;
    private final Orders orders;

    OrderPages(AdminSource source, Orders orders) {
        this.source = source;
        this.actions = source.actions();
        this.orders = orders;
    }

    Answer login(Caller caller, boolean isLoginNeeded) {
        return Answer.json(new Login(
                caller.name(),
                caller.role().word(),
                isLoginNeeded,
                Arrays.stream(Act.values())
                        .filter(actions::containsKey)
                        .map(Act::path)
                        .toList()));
    }

    /** @throws IllegalArgumentException the body is no order; the message says why */
    Answer answer(String path, String body, Caller caller) {
        Optional<Action> action = Act.at(path).flatMap(act -> Optional.ofNullable(actions.get(act)));
        if (action.isEmpty()) {
            return Answer.failure(
                    404,
                    "a " + source.kind() + " does nothing of that kind; nothing was done",
                    "GET /api/login names what it does");
        }
        OrderRequest order = Orders.parse(body);
        return orders.carryOut(action.get(), order, "token:" + caller.name().orElseThrow() + "@" + source.name());
    }
}
