package dev.assent.tx.spi;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Where the process that collects records asks the processes that can scan the resources which branches have ended.
 * Thread-safe.
 */
public interface AbsenceBoard {

    /** A question, with a number that no other ever has. */
    record Question(long number, Set<GlobalTxId> about) {
        public Question {
            about = Set.copyOf(about);
        }
    }

    /** Which of the transactions in a question a scan showed that was begun after the question was read. */
    record Answer(long question, Set<GlobalTxId> inDoubt) {
        public Answer {
            inDoubt = Set.copyOf(inDoubt);
        }
    }

    /** Puts a question in place of any earlier one. */
    Question ask(ResourceName.Hash resource, Set<GlobalTxId> about) throws IOException;

    /** The question that waits for an answer, if there is one; as new as any write that finished before this call. */
    Optional<Question> question(ResourceName.Hash resource) throws IOException;

    void answer(ResourceName.Hash resource, Answer answer) throws IOException;

    /** The latest answer, to whatever question. */
    Optional<Answer> answer(ResourceName.Hash resource) throws IOException;

    /** The resources of which a question or an answer is there. */
    Set<ResourceName.Hash> resources() throws IOException;

    /** Removes question and answer. */
    void withdraw(ResourceName.Hash resource) throws IOException;
}
