package dev.assent.tx.spec;

/** One line of a trace, as its specification reads it. {@code branch} is 0 where it is about none. */
public record TraceEvent(String name, int branch, String value) {

    String tla() {
        return "[ev |-> \"" + name + "\", b |-> " + branch + ", v |-> \"" + value + "\"]";
    }
}
