package dev.assent.tx.remote.host;

import com.google.protobuf.ByteString;
import dev.assent.tx.api.StagedTransaction;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.spi.ResourceCatalog;
import dev.assent.tx.spi.ResourceManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Shards whose acceptors say one thing. */
final class ToldShards implements LedShards {
    static final ClusterId CLUSTER = new ClusterId(77);
    static final ByteString TWO_PHASE = Wire.gtrid(
            new GlobalTxId(CLUSTER, new EpochKey(Authority.SHARD_2PC, 0, 0), 1, 1_000, new GlobalTxId.Unique(1, 2)));

    private final Outcome found;
    private volatile Runnable asked = () -> {};
    private final List<GlobalTxId> recorded = new ArrayList<>();

    ToldShards(Outcome found) {
        this.found = found;
    }

    /** What happens before an outcome is told. */
    void onOutcome(Runnable before) {
        asked = before;
    }

    /** The COMMITs that were. */
    List<GlobalTxId> recorded() {
        return recorded;
    }

    @Override
    public ClusterId cluster() {
        return CLUSTER;
    }

    @Override
    public List<EpochRef> led() {
        return List.of();
    }

    @Override
    public boolean isOpen(EpochRef epoch) {
        return false;
    }

    @Override
    public StagedTransaction begin(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public StagedTransaction begin(GlobalTxId name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome outcome(String token, boolean notReadOnly) {
        asked.run();
        return found;
    }

    @Override
    public Outcome accepted(GlobalTxId transaction) {
        return found;
    }

    @Override
    public CompletionStage<Void> learned(GlobalTxId transaction) {
        recorded.add(transaction);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void register(ResourceManager resource) {}

    @Override
    public CompletionStage<Optional<String>> whyNoDecision(Duration patience) {
        return CompletableFuture.completedStage(Optional.empty());
    }

    @Override
    public ResourceCatalog.Claim claim(ResourceName name, Optional<ResourceIdentity> identity) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void holdOpenWhile(Predicate<EpochRef> unheard) {}

    @Override
    public void onChange(Runnable listener) {}
}
