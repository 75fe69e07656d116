package dev.assent.tx.testing;

import dev.assent.tx.model.ResourceIdentity;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A resource in memory that says which one it is, when and as the test wants it to. Thread-safe. */
public class NamedToy extends ToyResource {
    private final AtomicInteger questions = new AtomicInteger();
    private volatile CompletableFuture<Optional<ResourceIdentity>> identity;

    public NamedToy(String name, String identity) {
        super(name);
        this.identity = told(identity);
    }

    private static CompletableFuture<Optional<ResourceIdentity>> told(String identity) {
        return CompletableFuture.completedFuture(Optional.of(new ResourceIdentity(identity)));
    }

    /** From now on it says this, also to who waits for {@link #answersNot}. */
    public void is(String text) {
        CompletableFuture<Optional<ResourceIdentity>> before = identity;
        identity = told(text);
        boolean unused = before.complete(Optional.of(new ResourceIdentity(text)));
    }

    /** From now on nobody gets an answer. */
    public void answersNot() {
        identity = new CompletableFuture<>();
    }

    /** From now on it cannot be asked. */
    public void isAway(String why) {
        identity = CompletableFuture.failedFuture(new IOException(why));
    }

    /** How often it was asked. */
    public int questions() {
        return questions.get();
    }

    /** What it says now, if anything. */
    public boolean says(String text) {
        return identity.isDone()
                && !identity.isCompletedExceptionally()
                && identity.join().equals(Optional.of(new ResourceIdentity(text)));
    }

    @Override
    public CompletionStage<Optional<ResourceIdentity>> identity() {
        questions.incrementAndGet();
        return identity;
    }
}
