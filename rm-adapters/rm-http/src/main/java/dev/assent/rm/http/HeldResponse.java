package dev.assent.rm.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * A response that stays here until its transaction's work has ended: nothing of it reaches the client before
 * {@link #send}. Its body is limited, because it is held in memory.
 */
final class HeldResponse extends HttpServletResponseWrapper {
    private final int bodyBytesMax;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final ServletOutputStream stream = new HeldStream();
    private @Nullable PrintWriter writer;
    private @Nullable Ending ending;

    HeldResponse(HttpServletResponse response, int bodyBytesMax) {
        super(response);
        this.bodyBytesMax = bodyBytesMax;
    }

    /** An answer that the container writes by itself, such as its error page. */
    private interface Ending {
        void run() throws IOException;
    }

    private HttpServletResponse real() {
        return (HttpServletResponse) getResponse();
    }

    boolean isFailure() {
        return getStatus() >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
    }

    /** Lets the answer go, and says that it belongs to the transaction. */
    void send() throws IOException {
        real().setHeader(TransactionHeader.NAME, TransactionHeader.JOINED);
        if (ending != null) {
            ending.run();
            return;
        }
        if (writer != null) {
            writer.flush();
        }
        real().setContentLength(body.size());
        body.writeTo(real().getOutputStream());
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return stream;
    }

    @Override
    public PrintWriter getWriter() {
        PrintWriter known = writer;
        if (known == null) {
            known = new PrintWriter(new OutputStreamWriter(stream, Charset.forName(getCharacterEncoding())));
            writer = known;
        }
        return known;
    }

    @Override
    public void flushBuffer() {
        if (writer != null) {
            writer.flush();
        }
    }

    @Override
    public boolean isCommitted() {
        return ending != null;
    }

    @Override
    public void reset() {
        super.reset();
        resetBuffer();
    }

    @Override
    public void resetBuffer() {
        body.reset();
        writer = null;
    }

    @Override
    public void setContentLength(int length) {
        // Known better when everything is written.
    }

    @Override
    public void setContentLengthLong(long length) {
        // As above.
    }

    @Override
    public void sendError(int status) {
        setStatus(status);
        ending = () -> real().sendError(status);
    }

    @Override
    public void sendError(int status, String message) {
        setStatus(status);
        ending = () -> real().sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) {
        ending = () -> real().sendRedirect(location);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) {
        ending = () -> real().sendRedirect(location, status, clearBuffer);
    }

    private final class HeldStream extends ServletOutputStream {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("a response within a transaction is written synchronously");
        }

        @Override
        public void write(int octet) throws IOException {
            checkRoom(1);
            body.write(octet);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            checkRoom(length);
            body.write(octets, offset, length);
        }

        private void checkRoom(int length) throws IOException {
            if (body.size() + length > bodyBytesMax) {
                throw new IOException("a response within a transaction has at most " + bodyBytesMax
                        + " bytes, because it is held until the work has ended; send less or raise the filter's limit");
            }
        }
    }
}
