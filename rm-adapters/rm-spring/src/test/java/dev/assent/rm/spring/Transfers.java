package dev.assent.rm.spring;

import dev.assent.rm.testing.Shop;
import java.io.IOException;
import java.sql.SQLException;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** A service as applications write it. */
public class Transfers {
    private final Shop shop;

    public Transfers(Shop shop) {
        this.shop = shop;
    }

    @Transactional
    public void move(int amount) throws SQLException {
        shop.move(amount);
    }

    @Transactional
    public void moveAndFail(int amount) throws SQLException {
        shop.move(amount);
        throw new IllegalStateException("no");
    }

    @Transactional
    public void moveAndThrowChecked(int amount) throws SQLException, IOException {
        shop.move(amount);
        throw new IOException("told to the caller, and committed as Spring's rules say");
    }

    @Transactional(rollbackFor = IOException.class)
    public void moveWithRollbackRule(int amount) throws SQLException, IOException {
        shop.move(amount);
        throw new IOException("no");
    }

    @Transactional(timeout = 1)
    public void moveUntil(int amount, Runnable during) throws SQLException {
        shop.move(amount);
        during.run();
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void note(int amount) throws SQLException {
        Shop.add(shop.secondPool(), amount);
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void part(int amount) throws SQLException {
        shop.move(amount);
    }
}
