/**
 * Real parts for the tests: PostgreSQL, a Kafka broker and an Apache ZooKeeper server, one of each in a test JVM, on
 * free ports and in directories of their own. Waiting is done by condition and deadline, never by sleeping.
 */
@NullMarked
package dev.assent.outbox.testing;

import org.jspecify.annotations.NullMarked;
