package dev.assent.house.planted;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.zip.GZIPInputStream;

/** Believes whatever comes over a network. */
final class TrustsTheWorld {
    Object read(InputStream in) throws IOException, ClassNotFoundException {
        return new ObjectInputStream(in).readObject();
    }

    InputStream unpack(InputStream in) throws IOException {
        return new GZIPInputStream(in);
    }

    String name(InetSocketAddress remote, InetAddress address) {
        return remote.getHostName() + address.getCanonicalHostName() + address.getHostName();
    }
}
