package dev.assent.saga.sim;

/** Which faults there are in a run, and how often. None any more once everything is healed. */
final class SimFaults {
    private final SimWorld world;
    private final long healedAt;
    private final double lostRequests;
    private final double lostAnswers;
    private final double lostCalls;
    private final double lateCalls;
    private final double lostCallAnswers;
    private final double failing;
    private final double refusing;
    private final long serviceMillisMax;
    private long storeAwayUntil;

    private SimFaults(SimWorld world, long healedAt, double[] rates) {
        this.world = world;
        this.healedAt = healedAt;
        lostRequests = rates[0];
        lostAnswers = rates[1];
        lostCalls = rates[2];
        lateCalls = rates[3];
        lostCallAnswers = rates[4];
        failing = rates[5];
        refusing = rates[6];
        serviceMillisMax = healedAt == 0 ? 1 : world.chance(0.5) ? 12 : 400;
    }

    /** A random subset of them, each at a random rate. */
    static SimFaults drawn(SimWorld world, long healedAt) {
        double[] rates = new double[7];
        for (int fault = 0; fault < rates.length; fault++) {
            rates[fault] = world.chance(0.5) ? 0 : world.random.nextDouble(0.3);
        }
        return new SimFaults(world, healedAt, rates);
    }

    static SimFaults none(SimWorld world) {
        return new SimFaults(world, 0, new double[7]);
    }

    private boolean happens(double rate) {
        return rate > 0 && world.now() < healedAt && world.chance(rate);
    }

    /** One way, between a process and the store or a service. */
    long delay() {
        return healedAt == 0 ? 1 : world.between(1, 12);
    }

    /** What a service takes for a call, the way to it included. */
    long serviceTime() {
        return world.between(1, serviceMillisMax);
    }

    /** Of a request that a process has given up waiting for. */
    long lateness() {
        return world.between(0, 2_000);
    }

    void storeAway(long untilMillis) {
        storeAwayUntil = untilMillis;
    }

    boolean losesRequest() {
        return world.now() < storeAwayUntil || happens(lostRequests);
    }

    boolean losesAnswer() {
        return happens(lostAnswers);
    }

    boolean losesCall() {
        return happens(lostCalls);
    }

    boolean delaysCall() {
        return happens(lateCalls);
    }

    boolean losesCallAnswer() {
        return happens(lostCallAnswers);
    }

    boolean fails() {
        return happens(failing);
    }

    boolean refuses() {
        return happens(refusing);
    }
}
