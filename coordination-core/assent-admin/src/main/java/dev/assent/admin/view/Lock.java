package dev.assent.admin.view;

/** A lock that is held. */
public record Lock(String what, String mode) {}
