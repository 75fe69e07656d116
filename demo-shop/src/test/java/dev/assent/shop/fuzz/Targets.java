package dev.assent.shop.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.assent.admin.AdminDoor;
import dev.assent.coordination.bytes.CorruptEncoding;
import dev.assent.coordination.codec.MalformedMessageException;
import dev.assent.coordination.codec.PeerCodec;
import dev.assent.coordination.jute.MalformedRequest;
import dev.assent.coordination.jute.RequestDecoder;
import dev.assent.coordination.jute.RequestLimits;
import dev.assent.coordination.server.ordering.ServerMessageDoor;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.outbox.consumer.ConsumerDoor;
import dev.assent.rm.http.TransactionHeader;
import dev.assent.traces.TracesDoor;
import dev.assent.tx.model.TransactionToken;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Everything that reads what comes over a network. */
final class Targets {
    private static final List<byte[]> NO_WORDS = List.of();

    private Targets() {}

    static List<Target> all() throws IOException {
        return Stream.of(store(), GrpcTargets.all(), texts())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Target> store() throws IOException {
        RequestDecoder decoder = new RequestDecoder(RequestLimits.DEFAULT);
        PeerCodec peers = new PeerCodec();
        ClientTalk talk = ClientTalk.record();
        return List.of(
                new Target("client-greeting", talk.greetings(), NO_WORDS, List.of(MalformedRequest.class), input -> {
                    var unused = decoder.connectRequest(input);
                }),
                new Target("client-request", talk.requests(), NO_WORDS, List.of(MalformedRequest.class), input -> {
                    var unused = decoder.requestOrRefusal(input, malformed -> {});
                    var unusedAsItIs = decoder.request(input);
                }),
                new Target("peer", PeerTalk.samples(), NO_WORDS, List.of(MalformedMessageException.class), input -> {
                    PeerMessage unused = peers.decode(Unpooled.wrappedBuffer(input));
                }),
                new Target(
                        "peer-orders",
                        ServerMessageDoor.samples(),
                        NO_WORDS,
                        List.of(CorruptEncoding.class),
                        ServerMessageDoor::decode));
    }

    private static List<Target> texts() {
        String token = TransactionToken.format(GrpcTargets.TRANSACTION);
        return List.of(
                new Target(
                        "header",
                        bytes(token, TransactionHeader.JOINED),
                        bytes("at1-", "=", "%00", "\u00e9", " "),
                        List.of(IllegalArgumentException.class),
                        input -> header(text(input))),
                new Target(
                        "traceparent",
                        bytes("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                        bytes("-", "00", "ff", "\u0660", "G"),
                        List.of(), // whatever is malformed counts as none
                        input -> TracesDoor.parent(text(input))),
                new Target(
                        "admin-order",
                        bytes(
                                "{\"items\":[\"aa\",\"bb\"],\"reason\":\"because\",\"dryRun\":false,\"decision\":\"COMMIT\"}",
                                "{\"items\":[\"\\u00e9\\n\\\"\"],\"dryRun\":true}"),
                        bytes("{", "[", "\"", "\\u", "\\", "null", "1e999", ",", ":", "\\ud800", "\"items\"", "true"),
                        List.of(IllegalArgumentException.class),
                        input -> AdminDoor.order(text(input))),
                new Target(
                        "admin-query",
                        bytes("/api/transactions?limit=10&after=aa&state=UNKNOWN", "/api/transactions/aa%20b?limit=1"),
                        bytes("%", "%zz", "&", "=", "+", "?", "/..", "limit=", "#", "//"),
                        List.of(IllegalArgumentException.class, URISyntaxException.class),
                        input -> AdminDoor.query(text(input))),
                new Target(
                        "event-headers",
                        List.of(ConsumerDoor.sample()),
                        NO_WORDS,
                        List.of(IllegalArgumentException.class),
                        ConsumerDoor::event));
    }

    private static void header(String value) {
        if (TransactionHeader.isWellFormed(value)) {
            var unused = TransactionToken.parse(value);
        }
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }

    private static List<byte[]> bytes(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** What gRPC's own reader refuses, and what ours does. */
    static final List<Class<? extends Exception>> GRPC_REFUSALS =
            List.of(InvalidProtocolBufferException.class, IllegalArgumentException.class);
}
