package dev.assent.coordination.planted.zab;

import java.nio.file.Path;

/** Planted: input and output in a pure package. */
public record KnowsFiles(Path path) {}
