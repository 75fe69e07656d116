/**
 * ZooKeeper's four-letter words: short questions that operators and monitoring tools ask over the clients' port.
 *
 * <p>Which of them are answered is the configuration's to say; none of them tells a secret. What is cheap is answered
 * on the event loop of its connection. What walks through all that there is, or looks at the disk, has one thread with a
 * short queue ({@code SlowAnswers}): it costs nobody but whoever asks for such words.
 */
@NullMarked
package dev.assent.coordination.server.words;

import org.jspecify.annotations.NullMarked;
