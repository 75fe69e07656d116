package dev.assent.admin.view;

/** Why there is no answer, and what can be done. */
public record Failure(String error, String remedy) {}
