package dev.assent.house.planted;

import dev.assent.house.planted.pure.ComesBack;

/** Knows a package that knows this one. */
public record GoesAround(ComesBack other) {}
