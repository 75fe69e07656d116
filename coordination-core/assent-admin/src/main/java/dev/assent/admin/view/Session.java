package dev.assent.admin.view;

import java.util.Optional;

/**
 * One of them.
 *
 * @param address of its client, if it is connected with this server
 * @param ephemerals how many znodes go with it
 */
public record Session(String id, int timeoutMillis, Optional<String> address, int ephemerals) {}
