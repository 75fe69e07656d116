package dev.assent.admin.view;

import java.util.Optional;

/** Who leads one of them, if somebody does. */
public record Shard(int shard, int epoch, Optional<String> holder, Optional<String> node) {}
