package dev.assent.admin.view;

/** A relay's instance. */
public record RelayStatus(String relay, String instance, long shardsServed) {}
