package dev.assent.coordination.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that do nothing but ping, on plain sockets, and that go to the next server when a connection ends or a ping is
 * not answered for half of the time-out. They find out by coming back whether a session was ended although a ping was
 * answered within its time-out.
 */
final class Pingers implements AutoCloseable {
    private static final int PASSWORD_BYTES = 16;
    private static final byte[] PING = {-1, -1, -1, -2, 0, 0, 0, 11};

    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();
    private final List<Integer> ports;
    private final int timeoutMillis;

    private Pingers(List<Integer> ports, int timeoutMillis) {
        this.ports = ports;
        this.timeoutMillis = timeoutMillis;
    }

    static Pingers start(int size, List<Integer> ports, int timeoutMillis) {
        Pingers pingers = new Pingers(ports, timeoutMillis);
        for (int i = 0; i < size; i++) {
            Pinger pinger = pingers.new Pinger(i);
            Thread thread = new Thread(pinger, "pinger-" + i);
            pingers.threads.add(thread);
            thread.start();
        }
        return pingers;
    }

    int answered() {
        return answered.get();
    }

    /** What was promised and not kept. */
    List<String> contradictions() {
        return List.copyOf(contradictions);
    }

    private final class Pinger implements Runnable {
        private int at;
        private long session;
        private byte[] password = new byte[PASSWORD_BYTES];
        private long answeredSentNanos;

        Pinger(int start) {
            this.at = start;
        }

        @Override
        public void run() {
            while (stopped.getCount() > 0) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports.get(at % ports.size()))) {
                    socket.setTcpNoDelay(true);
                    socket.setSoTimeout(timeoutMillis / 2);
                    stay(new DataInputStream(socket.getInputStream()), new DataOutputStream(socket.getOutputStream()));
                } catch (IOException goneOrSilent) {
                    at++;
                    pause(50);
                }
            }
        }

        private void stay(DataInputStream in, DataOutputStream out) throws IOException {
            if (!open(in, out)) {
                return;
            }
            while (stopped.getCount() > 0) {
                long sentNanos = System.nanoTime();
                frame(out, PING);
                byte[] reply = frame(in);
                if (new DataInputStream(new ByteArrayInputStream(reply)).readInt() == -2) {
                    answeredSentNanos = sentNanos;
                    answered.incrementAndGet();
                }
                pause(timeoutMillis / 8);
            }
        }

        /** Whether it has a session on this connection. */
        private boolean open(DataInputStream in, DataOutputStream out) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream wish = new DataOutputStream(bytes);
            wish.writeInt(0);
            wish.writeLong(0);
            wish.writeInt(timeoutMillis);
            wish.writeLong(session);
            wish.writeInt(PASSWORD_BYTES);
            wish.write(password);
            wish.writeBoolean(false);
            frame(out, bytes.toByteArray());
            DataInputStream reply = new DataInputStream(new ByteArrayInputStream(frame(in)));
            reply.readInt();
            reply.readInt();
            long granted = reply.readLong();
            if (session != 0 && granted == 0) {
                ended();
            }
            session = granted;
            reply.readInt();
            reply.readFully(password);
            return granted != 0;
        }

        private void ended() {
            long sinceMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answeredSentNanos);
            if (sinceMillis <= timeoutMillis) {
                contradictions.add("session 0x" + Long.toHexString(session) + " is over " + sinceMillis
                        + " ms after a ping that was answered");
            }
            password = new byte[PASSWORD_BYTES];
        }
    }

    private void pause(long millis) {
        try {
            boolean unused = stopped.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopped.countDown();
        }
    }

    private static void frame(DataOutputStream out, byte[] bytes) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        DataOutputStream framed = new DataOutputStream(whole);
        framed.writeInt(bytes.length);
        framed.write(bytes);
        out.write(whole.toByteArray());
        out.flush();
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    @Override
    public void close() {
        stopped.countDown();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
