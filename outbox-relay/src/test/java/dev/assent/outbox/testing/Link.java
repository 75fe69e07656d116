package dev.assent.outbox.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A TCP line to a local port that can be cut and mended, or frozen: then it takes everything and passes nothing on. */
public final class Link implements AutoCloseable {
    private final int target;
    private final ServerSocket entrance;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "test-link");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private final Object ice = new Object();
    /** Guarded by {@link #ice}. */
    private boolean frozen;

    public Link(int target) throws IOException {
        this.target = target;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    public int port() {
        return entrance.getLocalPort();
    }

    /** Breaks every connection, and each new one, until {@link #mend}. */
    public void cut() {
        cut = true;
        open.forEach(Link::closeQuietly);
    }

    public void mend() {
        cut = false;
    }

    /** From now on nothing passes, and no end is told. */
    public void freeze() {
        synchronized (ice) {
            frozen = true;
        }
    }

    public void thaw() {
        synchronized (ice) {
            frozen = false;
            ice.notifyAll();
        }
    }

    private void awaitThaw() throws IOException {
        synchronized (ice) {
            while (frozen) {
                try {
                    ice.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("the line is being taken down", e);
                }
            }
        }
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket near = entrance.accept();
                if (cut) {
                    closeQuietly(near);
                    continue;
                }
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(near);
                open.add(far);
                threads.execute(() -> pump(near, far));
                threads.execute(() -> pump(far, near));
            } catch (IOException e) {
                // The entrance was closed, or the target is down: the client sees its connection end.
                open.removeIf(Socket::isClosed);
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16 * 1024];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                awaitThaw();
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // Either side may end the line; both ends are closed below.
            open.removeIf(Socket::isClosed);
        } finally {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        cut();
        threads.shutdownNow();
    }
}
