package dev.assent.tx.spec;

/**
 * One line of a trace, as its specification reads it.
 *
 * @param branch whom or which it is about, 0 where it is about none
 * @param number a ballot's, where there are any
 */
public record TraceEvent(String name, int branch, String value, int number) {

    public TraceEvent(String name, int branch, String value) {
        this(name, branch, value, 0);
    }

    String tla() {
        return "[ev |-> \"" + name + "\", b |-> " + branch + ", v |-> \"" + value + "\", n |-> " + number + "]";
    }
}
