package dev.assent.coordination.server.ordering;

/** Whether a client has shown life since this was last asked. Not thread-safe. */
public final class LifeSign {
    private boolean heard;

    /** It sent something, or was told something that makes it believe in its session for another time-out. */
    public void shown() {
        heard = true;
    }

    /**
     * Takes it.
     *
     * @param read whether its server reads what it sends: whom it does not read, it cannot take for silent
     */
    public boolean take(boolean read) {
        boolean alive = heard || !read;
        heard = false;
        return alive;
    }
}
