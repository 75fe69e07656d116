package dev.assent.shop.gray;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A row of the matrix, set up: who works, what is done to it, and what is to be looked at. */
final class Scene implements AutoCloseable {

    /** Something that is done to processes. */
    @FunctionalInterface
    interface Deed {
        void run() throws Exception;
    }

    /** Something that is looked at when all is over; empty if it is as it should be. */
    @FunctionalInterface
    interface Look {
        Optional<String> fault() throws Exception;
    }

    /** Nobody may wait longer than {@code bound} for what the meter measures. */
    record Patience(String who, Meter meter, Duration bound) {}

    private final List<Callers> bystanders = new ArrayList<>();
    private final List<Callers> affected = new ArrayList<>();
    private final List<Patience> patience = new ArrayList<>();
    private final List<Transfers> transfers = new ArrayList<>();
    private final List<Look> looks = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();
    private Duration grace = Duration.ZERO;
    private Duration lasts = Duration.ofSeconds(8);
    private @Nullable Sessions sessions;
    private Deed inflict = () -> {};
    private Deed heal = () -> {};

    /** They must keep their throughput. */
    Scene bystander(Callers callers) {
        bystanders.add(callers);
        return this;
    }

    /** They may achieve nothing, but they must be answered. */
    Scene affected(Callers callers) {
        affected.add(callers);
        return this;
    }

    Scene patience(String who, Meter meter, Duration bound) {
        patience.add(new Patience(who, meter, bound));
        return this;
    }

    /** What their callers were told must be true. */
    Scene transfers(Transfers made) {
        transfers.add(made);
        return this;
    }

    /** None of them may expire. */
    Scene sessions(Sessions held) {
        sessions = held;
        ends.add(held::close);
        return this;
    }

    Scene inflict(Deed deed) {
        inflict = deed;
        return this;
    }

    /** Undoes what was inflicted. Called also when something went wrong before. */
    Scene heal(Deed deed) {
        heal = deed;
        return this;
    }

    /** How long bystanders may do without after the fault: the named bound of noticing it. None by default. */
    Scene grace(Duration bound) {
        grace = bound;
        return this;
    }

    /** How long the fault lasts beyond its grace. */
    Scene lasts(Duration duration) {
        lasts = duration;
        return this;
    }

    Scene look(Look look) {
        looks.add(look);
        return this;
    }

    /** To be done at the end of the scene, the latest first. */
    Scene atEnd(Runnable end) {
        ends.add(end);
        return this;
    }

    List<Callers> bystanders() {
        return bystanders;
    }

    List<Callers> everybody() {
        List<Callers> all = new ArrayList<>(bystanders);
        all.addAll(affected);
        return all;
    }

    List<Patience> patience() {
        return patience;
    }

    List<Transfers> transfers() {
        return transfers;
    }

    List<Look> looks() {
        return looks;
    }

    Optional<Sessions> sessions() {
        return Optional.ofNullable(sessions);
    }

    Duration grace() {
        return grace;
    }

    Duration lasts() {
        return lasts;
    }

    Deed inflict() {
        return inflict;
    }

    Deed heal() {
        return heal;
    }

    @Override
    public void close() {
        everybody().forEach(Callers::close);
        for (int i = ends.size() - 1; i >= 0; i--) {
            ends.get(i).run();
        }
    }
}
