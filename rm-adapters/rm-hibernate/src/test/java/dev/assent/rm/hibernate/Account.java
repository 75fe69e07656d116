package dev.assent.rm.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** A row of the table {@code account}. */
@Entity
class Account {
    @Id
    private int id;

    private int balance;

    protected Account() {}

    Account(int id, int balance) {
        this.id = id;
        this.balance = balance;
    }

    int id() {
        return id;
    }

    int balance() {
        return balance;
    }

    void add(int amount) {
        balance += amount;
    }
}
