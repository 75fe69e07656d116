package dev.assent.trace;

import java.util.function.Supplier;

/** Spans of one process. Thread-safe; no method waits or fails. */
public interface Tracing {
    /** Of a process whose events nobody makes spans of. */
    Tracing NONE = new Tracing() {
        @Override
        public String current() {
            return "";
        }

        @Override
        public String begin(String transaction) {
            return "";
        }

        @Override
        public <T> T under(String traceparent, Supplier<T> work) {
            return work.get();
        }

        @Override
        public Scope work(Arrival arrival) {
            return Scope.NOTHING;
        }
    };

    /** The traceparent of what the calling thread is at; empty outside of any trace. */
    String current();

    /**
     * Begins the span of a transaction, below what the calling thread is at, or as the first of a new trace. It ends with
     * what is told of the transaction.
     *
     * @param transaction the gtrid in hexadecimal
     * @return the span's traceparent, for whoever works in the transaction elsewhere; empty if there is none
     */
    String begin(String transaction);

    /** What is begun in {@code work}, on the calling thread, belongs below that span of another process. */
    <T> T under(String traceparent, Supplier<T> work);

    /**
     * Begins a span for what arrived, which the calling thread is at until it closes the answer. A thread that is at something of a trace already, as where another
     * library made a span of the request, is left as it is.
     */
    Scope work(Arrival arrival);

    /** Until it is closed. */
    interface Scope extends AutoCloseable {
        Scope NOTHING = () -> {};

        /** What was to be done was not done. */
        default void failed(String cause) {}

        @Override
        void close();
    }
}
