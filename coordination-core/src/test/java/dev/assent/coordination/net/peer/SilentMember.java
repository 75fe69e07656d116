package dev.assent.coordination.net.peer;

import dev.assent.coordination.model.ServerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Introduces itself properly to whoever dials it, and then neither reads nor writes: a half-open link. */
final class SilentMember implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new ArrayList<>();

    SilentMember(ServerId self) throws IOException {
        Thread thread = new Thread(() -> accept(self), "silent-member");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void accept(ServerId self) {
        try {
            while (!server.isClosed()) {
                Socket socket = server.accept();
                synchronized (sockets) {
                    sockets.add(socket);
                }
                byte[] header = socket.getInputStream().readNBytes(8);
                byte[] hello = socket.getInputStream().readNBytes(header[3]);
                ServerId dialler = new ServerId(hello[10] & 0xFF);
                socket.getOutputStream().write(NettyPeerTransportTest.frame(PeerTest.hello("test", self, dialler)));
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
