package dev.assent.tx.remote.acceptor;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.assent.tx.remote.wire.AcceptorAnswer;
import dev.assent.tx.remote.wire.AcceptorQuestion;

/** What acceptors say to each other, for who damages it. */
public final class AcceptorDoor {
    private AcceptorDoor() {}

    public static void question(byte[] input) throws InvalidProtocolBufferException {
        AcceptorQuestion question = AcceptorQuestion.parseFrom(input);
        var unusedAcceptor = AcceptorWire.acceptor(question.getAcceptor());
        var unused = AcceptorWire.request(question);
    }

    public static void name(ByteString bytes) {
        var unused = AcceptorWire.acceptor(bytes);
    }

    public static void answer(byte[] input) throws InvalidProtocolBufferException {
        var unused = AcceptorWire.reply(AcceptorAnswer.parseFrom(input));
    }
}
