package dev.assent.tx.shards;

import java.util.SortedSet;

/** What happens to a node's links with the others. */
public sealed interface PeerInput {

    /** What is done about each; nothing may be forgotten. */
    interface Handler {
        void known(Known input);

        void heard(Heard input);

        void linkClosed(LinkClosed input);

        void refused(Refused input);

        void ticked(Ticked input);
    }

    void accept(Handler handler);

    /** These are the others, by the store. */
    record Known(SortedSet<String> peers) implements PeerInput {
        @Override
        public void accept(Handler handler) {
            handler.known(this);
        }
    }

    /** It answered. */
    record Heard(String peer) implements PeerInput {
        @Override
        public void accept(Handler handler) {
            handler.heard(this);
        }
    }

    /** The link to it broke; it is dialled again at once. */
    record LinkClosed(String peer) implements PeerInput {
        @Override
        public void accept(Handler handler) {
            handler.linkClosed(this);
        }
    }

    /** It was dialled, and nobody listens there, or another does. */
    record Refused(String peer) implements PeerInput {
        @Override
        public void accept(Handler handler) {
            handler.refused(this);
        }
    }

    /** Time has passed on this node's own clock, which nobody else's is compared with. */
    record Ticked(long nowMillis) implements PeerInput {
        @Override
        public void accept(Handler handler) {
            handler.ticked(this);
        }
    }
}
