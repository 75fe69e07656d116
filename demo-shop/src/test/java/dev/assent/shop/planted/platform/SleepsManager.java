package dev.assent.shop.planted.platform;

import dev.assent.tx.model.ShardKey;

/** Sleeps, reads the environment, knows a shard, and has a name that says nothing. */
public final class SleepsManager {
    void nap(ShardKey shard) throws InterruptedException {
        Thread.sleep(shard.shard());
        System.getenv("NAP");
    }
}
