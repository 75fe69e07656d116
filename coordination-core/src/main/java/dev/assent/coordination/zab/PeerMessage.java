package dev.assent.coordination.zab;

/** A message between two members of the ensemble. */
public sealed interface PeerMessage {

    /** An application's message, opaque to ZAB. */
    record App(dev.assent.coordination.model.Payload message) implements PeerMessage {}
}
