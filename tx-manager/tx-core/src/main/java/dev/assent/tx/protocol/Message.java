package dev.assent.tx.protocol;

/**
 * An input or a command: whoever takes it has a method for it, so that none can be overlooked.
 *
 * @param <H> the handler of the family it belongs to; the handler of a protocol extends those of all families that the
 *     protocol uses
 */
public interface Message<H> {
    void accept(H handler);
}
