package dev.assent.rm.tcc;

import java.util.concurrent.Callable;

/** Runs work on the same thread with that in no transaction, and puts it back: a framework may have more to put away. */
public interface Outside {
    <T> T run(Callable<T> work) throws Exception;
}
