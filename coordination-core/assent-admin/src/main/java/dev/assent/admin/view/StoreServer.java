package dev.assent.admin.view;

/** A server of the store, as the configuration of this process' own server names it. */
public record StoreServer(long id, String address, boolean observer, boolean self, boolean leader) {}
