package dev.assent.shop.demo.parts;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Fills shelves and accounts before the first checkout. */
public final class Seeder {
    private static final int PIECES = 100_000;
    private static final long CENTS = 100_000_000;
    private static final long PRICE_CENTS_FIRST = 199;
    private static final long PRICE_CENTS_STEP = 150;

    private Seeder() {}

    public static void seed(ShopLayout layout) throws SQLException {
        try (Connection connection = DriverManager.getConnection(layout.databaseUrl("inventory"));
                PreparedStatement insert = connection.prepareStatement(
                        "insert into stock (item, price_cents, initial, available) values (?, ?, ?, ?)")) {
            for (int item = 0; item < Basket.ITEMS; item++) {
                stock(insert, Basket.itemName(item), PRICE_CENTS_FIRST + item * PRICE_CENTS_STEP, PIECES);
            }
            stock(insert, Basket.SOLD_OUT_ITEM, PRICE_CENTS_FIRST, 0);
        }
        try (Connection connection = DriverManager.getConnection(layout.databaseUrl("payment"));
                PreparedStatement insert = connection.prepareStatement(
                        "insert into account (customer, initial_cents, balance_cents) values (?, ?, ?)")) {
            for (int customer = 0; customer < Basket.CUSTOMERS; customer++) {
                account(insert, Basket.customerName(customer), CENTS);
            }
            account(insert, Basket.BROKE_CUSTOMER, 0);
        }
    }

    private static void stock(PreparedStatement insert, String item, long priceCents, int pieces) throws SQLException {
        insert.setString(1, item);
        insert.setLong(2, priceCents);
        insert.setInt(3, pieces);
        insert.setInt(4, pieces);
        insert.executeUpdate();
    }

    private static void account(PreparedStatement insert, String customer, long cents) throws SQLException {
        insert.setString(1, customer);
        insert.setLong(2, cents);
        insert.setLong(3, cents);
        insert.executeUpdate();
    }
}
