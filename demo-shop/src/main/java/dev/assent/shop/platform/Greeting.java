package dev.assent.shop.platform;

import java.io.IOException;
import java.net.Socket;

/** What a gate does with both ends of a connection before it carries anything. */
@FunctionalInterface
public interface Greeting {
    /** Nothing: what is said is carried as it is. */
    Greeting NONE = Ends::new;

    /**
     * The two ends as they are to be read and written from here on.
     *
     * @throws IOException they do not come together; the gate closes both
     */
    Ends greet(Socket client, Socket server) throws IOException;

    /** Of one connection. Closing an end closes what it stands on. */
    record Ends(Socket client, Socket server) {}
}
