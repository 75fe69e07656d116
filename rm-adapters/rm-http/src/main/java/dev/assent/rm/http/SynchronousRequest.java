package dev.assent.rm.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/** A request whose handler must finish on its own thread, because its transaction is bound to that thread. */
final class SynchronousRequest extends HttpServletRequestWrapper {

    SynchronousRequest(HttpServletRequest request) {
        super(request);
    }

    @Override
    public boolean isAsyncSupported() {
        return false;
    }

    @Override
    public AsyncContext startAsync() {
        throw refusal();
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        throw refusal();
    }

    private static IllegalStateException refusal() {
        return new IllegalStateException("a request within a transaction cannot be handled asynchronously: its work"
                + " would go on after the caller was told that it had ended. Handle it synchronously.");
    }
}
