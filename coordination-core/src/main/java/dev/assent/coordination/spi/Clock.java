package dev.assent.coordination.spi;

/** The two times a server may ask for. Safe for use by any thread; never fails. */
public interface Clock {

    /** Milliseconds since an arbitrary moment, never going back: for deadlines and intervals. */
    long monotonicMillis();

    /** Milliseconds since 1970-01-01T00:00Z, which may jump: for what people read, never for decisions. */
    long wallMillis();
}
