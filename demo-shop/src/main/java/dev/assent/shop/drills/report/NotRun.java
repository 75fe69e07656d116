package dev.assent.shop.drills.report;

/** A drill that could not be run here. */
public record NotRun(String drill, String why) {}
