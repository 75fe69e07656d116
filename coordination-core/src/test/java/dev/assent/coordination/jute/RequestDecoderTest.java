package dev.assent.coordination.jute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.WatchSet;
import dev.assent.coordination.model.WriteOp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.jute.Record;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.proto.AddWatchRequest;
import org.apache.zookeeper.proto.AuthPacket;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.CheckWatchesRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.CreateTTLRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.ExistsRequest;
import org.apache.zookeeper.proto.GetACLRequest;
import org.apache.zookeeper.proto.GetAllChildrenNumberRequest;
import org.apache.zookeeper.proto.GetChildren2Request;
import org.apache.zookeeper.proto.GetChildrenRequest;
import org.apache.zookeeper.proto.GetDataRequest;
import org.apache.zookeeper.proto.GetEphemeralsRequest;
import org.apache.zookeeper.proto.GetSASLRequest;
import org.apache.zookeeper.proto.ReconfigRequest;
import org.apache.zookeeper.proto.RemoveWatchesRequest;
import org.apache.zookeeper.proto.RequestHeader;
import org.apache.zookeeper.proto.SetACLRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.apache.zookeeper.proto.SetWatches;
import org.apache.zookeeper.proto.SetWatches2;
import org.apache.zookeeper.proto.SyncRequest;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every request as the official client writes it, and frames that no client writes. */
class RequestDecoderTest {
    private static final byte[] BYTES = {1, 2, 3};
    private static final Payload DATA = Payload.wrap(BYTES);
    private static final List<ACL> OFFICIAL_ACL =
            List.of(new ACL(ZooDefs.Perms.READ | ZooDefs.Perms.ADMIN, new Id("digest", "bob:hash")));
    private static final Acl ACL = new Acl(List.of(new Acl.Entry(17, new Identity("digest", "bob:hash"))));

    private final RequestDecoder decoder = new RequestDecoder(new RequestLimits(10_000, 3, 4));

    record Sample(int type, Record body, Request expected) {
        byte[] frame() throws IOException {
            return OfficialBytes.of(new RequestHeader(7, type), body);
        }
    }

    static List<Sample> samples() {
        return Stream.of(writes(), reads(), ofConnections(), multis())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Sample> writes() {
        return List.of(
                write(1, new CreateRequest("/a", BYTES, OFFICIAL_ACL, 3), new WriteOp.Create("/a", DATA, ACL, 3)),
                write(15, new CreateRequest("/ä", null, OFFICIAL_ACL, 0), new WriteOp.Create("/ä", null, ACL, 0)),
                write(19, new CreateRequest("/a", BYTES, OFFICIAL_ACL, 4), new WriteOp.Create("/a", DATA, ACL, 4)),
                write(
                        21,
                        new CreateTTLRequest("/a", BYTES, OFFICIAL_ACL, 5, 9),
                        new WriteOp.Create("/a", DATA, ACL, 5, 9)),
                write(2, new DeleteRequest("/a", 5), new WriteOp.Delete("/a", 5)),
                write(5, new SetDataRequest("/a", BYTES, -1), new WriteOp.SetData("/a", DATA, -1)),
                write(7, new SetACLRequest("/a", OFFICIAL_ACL, 2), new WriteOp.SetAcl("/a", ACL, 2)),
                refused(13, new CheckVersionRequest("/a", 2), ErrorCode.UNIMPLEMENTED));
    }

    private static List<Sample> reads() {
        return List.of(
                new Sample(3, new ExistsRequest("/a", true), new WatchingRequest.Exists(new ReadRequest.Exists("/a"))),
                new Sample(3, new ExistsRequest("/a", false), new ReadRequest.Exists("/a")),
                new Sample(4, new GetDataRequest("/a", false), new ReadRequest.GetData("/a")),
                new Sample(
                        4, new GetDataRequest("/a", true), new WatchingRequest.GetData(new ReadRequest.GetData("/a"))),
                new Sample(8, new GetChildrenRequest("/a", false), new ReadRequest.GetChildren("/a", false)),
                new Sample(
                        8,
                        new GetChildrenRequest("/a", true),
                        new WatchingRequest.GetChildren(new ReadRequest.GetChildren("/a", false))),
                new Sample(
                        12,
                        new GetChildren2Request("/a", true),
                        new WatchingRequest.GetChildren(new ReadRequest.GetChildren("/a", true))),
                new Sample(6, new GetACLRequest("/a"), new ReadRequest.GetAcl("/a")),
                new Sample(104, new GetAllChildrenNumberRequest("/a"), new ReadRequest.GetAllChildrenNumber("/a")),
                new Sample(103, new GetEphemeralsRequest("/a"), new ReadRequest.GetEphemerals("/a")));
    }

    private static List<Sample> ofConnections() {
        List<String> one = List.of("/1");
        List<String> two = List.of("/2", "/ü");
        return List.of(
                new Sample(9, new SyncRequest("/a"), new OrderedRequest.Sync("/a")),
                new Sample(100, new AuthPacket(0, "digest", BYTES), new ConnectionRequest.Auth("digest", DATA)),
                new Sample(
                        101,
                        new SetWatches(9, one, two, List.of()),
                        new WatchingRequest.SetWatches(new WatchSet(9, one, two, List.of(), List.of(), List.of()))),
                new Sample(
                        105,
                        new SetWatches2(9, one, two, List.of(), one, two),
                        new WatchingRequest.SetWatches(new WatchSet(9, one, two, List.of(), one, two))),
                new Sample(106, new AddWatchRequest("/a", 1), new WatchingRequest.AddWatch("/a", 1)),
                new Sample(17, new CheckWatchesRequest("/a", 3), new WatchingRequest.CheckWatches("/a", 3)),
                new Sample(18, new RemoveWatchesRequest("/a", 1), new WatchingRequest.RemoveWatches("/a", 1)),
                refused(102, new GetSASLRequest(BYTES), ErrorCode.AUTH_FAILED),
                refused(16, new ReconfigRequest("a", null, "c", 4), ErrorCode.RECONFIG_DISABLED),
                refused(20, new GetACLRequest("/a"), ErrorCode.UNIMPLEMENTED));
    }

    private static List<Sample> multis() {
        return List.of(
                new Sample(
                        14,
                        new MultiOperationRecord(List.of(
                                Op.create("/a", BYTES, OFFICIAL_ACL, 0), Op.check("/b", 1), Op.delete("/c", -1))),
                        new OrderedRequest.Multi(List.of(
                                new OrderedRequest.Write(OpCode.CREATE, new WriteOp.Create("/a", DATA, ACL, 0)),
                                new OrderedRequest.Write(OpCode.CHECK, new WriteOp.Check("/b", 1)),
                                new OrderedRequest.Write(OpCode.DELETE, new WriteOp.Delete("/c", -1))))),
                new Sample(
                        22,
                        new MultiOperationRecord(List.of(Op.getData("/a"), Op.getChildren("/b"))),
                        new ReadRequest.MultiRead(
                                List.of(new ReadRequest.GetData("/a"), new ReadRequest.GetChildren("/b", false)))));
    }

    private static Sample write(int type, Record body, WriteOp op) {
        return new Sample(type, body, new OrderedRequest.Write(OpCode.ofCode(type), op));
    }

    private static Sample refused(int type, Record body, ErrorCode error) {
        return new Sample(type, body, new Request.Refused(OpCode.ofCode(type), error));
    }

    @TestFactory
    Stream<DynamicTest> decodes_what_the_official_client_writes() {
        return samples().stream()
                .map(sample ->
                        DynamicTest.dynamicTest(OpCode.ofCode(sample.type()).toString(), () -> {
                            RequestFrame frame = decoder.request(sample.frame());

                            assertThat(frame.xid()).isEqualTo(7);
                            assertThat(frame.request()).isEqualTo(sample.expected());
                        }));
    }

    @TestFactory
    Stream<DynamicTest> refuses_a_frame_cut_off_or_continued_anywhere() {
        return samples().stream()
                .map(sample ->
                        DynamicTest.dynamicTest(OpCode.ofCode(sample.type()).toString(), () -> {
                            byte[] frame = sample.frame();
                            for (int length = 0; length < frame.length; length++) {
                                byte[] cut = Arrays.copyOf(frame, length);
                                assertThatThrownBy(() -> decoder.request(cut)).isInstanceOf(MalformedRequest.class);
                            }
                            assertThatThrownBy(() -> decoder.request(Arrays.copyOf(frame, frame.length + 1)))
                                    .isInstanceOf(MalformedRequest.class)
                                    .hasMessageContaining("1 bytes too many");
                        }));
    }

    @Test
    void decodes_requests_that_have_no_body() throws Exception {
        Map<OpCode, Request> bodiless = Map.of(
                OpCode.PING, new ConnectionRequest.Ping(),
                OpCode.WHO_AM_I, new ReadRequest.WhoAmI(),
                OpCode.CLOSE_SESSION, new OrderedRequest.CloseSession());
        for (Map.Entry<OpCode, Request> one : bodiless.entrySet()) {
            byte[] frame = OfficialBytes.of(new RequestHeader(-2, one.getKey().code()));

            assertThat(decoder.request(frame)).isEqualTo(new RequestFrame(-2, one.getValue()));
        }
    }

    @Test
    void a_read_in_a_multi_read_sets_no_watch_whatever_its_client_says() throws Exception {
        ByteBuffer frame = ByteBuffer.allocate(33).putInt(7).putInt(22);
        frame.putInt(4).put((byte) 0).putInt(-1);
        frame.putInt(2).put(new byte[] {'/', 'a'}).put((byte) 1);
        frame.putInt(-1).put((byte) 1).putInt(-1);

        assertThat(decoder.request(frame.array()).request())
                .isEqualTo(new ReadRequest.MultiRead(List.of(new ReadRequest.GetData("/a"))));
    }

    @Test
    void an_operation_of_the_future_is_unknown_not_malformed() throws Exception {
        byte[] frame = OfficialBytes.of(new RequestHeader(1, 999), new GetACLRequest("/a"));

        assertThat(decoder.request(frame).request())
                .isEqualTo(new Request.Refused(OpCode.UNKNOWN, ErrorCode.UNIMPLEMENTED));
    }

    @Test
    void says_what_is_wrong_and_where() throws Exception {
        byte[] text = frame(4, 1_000_000);
        byte[] negative = frame(4, -7);
        byte[] invalid = frame(4, 2, 0xC3280000);

        assertThatThrownBy(() -> decoder.request(text))
                .hasMessage("path claims 1000000 bytes, of 0 remaining at byte 8 of the frame");
        assertThatThrownBy(() -> decoder.request(negative)).hasMessageContaining("path claims -7 bytes");
        assertThatThrownBy(() -> decoder.request(invalid)).hasMessageContaining("path is not UTF-8 at byte 12");
    }

    @Test
    void refuses_counts_that_the_frame_cannot_hold_or_the_limits_forbid() throws Exception {
        byte[] acl = OfficialBytes.of(new RequestHeader(1, 7), new SetACLRequest("/a", List.of(), 1));
        ByteBuffer.wrap(acl).putInt(acl.length - 8, Integer.MAX_VALUE);
        byte[] paths = OfficialBytes.of(
                new RequestHeader(-8, 101),
                new SetWatches(1, List.of("/1", "/2", "/3", "/4", "/5"), List.of(), List.of()));
        byte[] ops = OfficialBytes.of(
                new RequestHeader(1, 14),
                new MultiOperationRecord(
                        List.of(Op.check("/a", 1), Op.check("/a", 1), Op.check("/a", 1), Op.check("/a", 1))));

        assertThatThrownBy(() -> decoder.request(acl)).hasMessageContaining("acl claims 2147483647 items");
        assertThatThrownBy(() -> decoder.request(paths))
                .hasMessageContaining("dataWatches claims 5 items, of at most 4");
        assertThatThrownBy(() -> decoder.request(ops)).hasMessageContaining("a multi of more than 3 operations");
        assertThatThrownBy(() -> decoder.request(new byte[10_001])).hasMessageContaining("more than 10000");
    }

    @Test
    void refuses_reads_in_a_multi_writes_in_a_multi_read_and_a_multi_in_a_multi() throws Exception {
        byte[] reads = OfficialBytes.of(new RequestHeader(1, 14), new MultiOperationRecord(List.of(Op.getData("/a"))));
        byte[] writes =
                OfficialBytes.of(new RequestHeader(1, 22), new MultiOperationRecord(List.of(Op.check("/a", 1))));
        byte[] nested = frame(14, 14, 0, 0);
        byte[] acls = frame(14, 7, 0, 0);

        assertThatThrownBy(() -> decoder.request(reads)).hasMessageContaining("GET_DATA in a multi");
        assertThatThrownBy(() -> decoder.request(acls)).hasMessageContaining("SET_ACL in a multi");
        assertThatThrownBy(() -> decoder.request(writes)).hasMessageContaining("CHECK in a multiRead");
        assertThatThrownBy(() -> decoder.request(nested)).hasMessageContaining("MULTI in a multi");
    }

    @Test
    void a_malformed_request_has_an_answer_and_is_told_but_an_authentication_is_not_taken_for_one() throws Exception {
        List<MalformedRequest> told = new ArrayList<>();

        assertThat(decoder.requestOrRefusal(frame(14, 7, 0), told::add))
                .isEqualTo(new RequestFrame(1, new Request.Refused(OpCode.MULTI, ErrorCode.MARSHALLING_ERROR)));
        assertThat(told).hasSize(1);
        assertThatThrownBy(() -> decoder.requestOrRefusal(frame(100, 7), told::add))
                .isInstanceOf(MalformedRequest.class);
        assertThatThrownBy(() -> decoder.requestOrRefusal(new byte[7], told::add))
                .isInstanceOf(MalformedRequest.class);
    }

    @Test
    void decodes_a_first_frame_with_and_without_the_trailing_read_only() throws Exception {
        byte[] whole = OfficialBytes.of(new org.apache.zookeeper.proto.ConnectRequest(0, 5, 4_000, 77, BYTES, true));
        byte[] old = Arrays.copyOf(whole, whole.length - 1);

        assertThat(decoder.connectRequest(whole)).isEqualTo(new ConnectRequest(0, 5, 4_000, 77, DATA, true, true));
        assertThat(decoder.connectRequest(old)).isEqualTo(new ConnectRequest(0, 5, 4_000, 77, DATA, false, false));
        assertThatThrownBy(() -> decoder.connectRequest("GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(MalformedRequest.class);
    }

    private static byte[] frame(int type, int... ints) {
        ByteBuffer frame = ByteBuffer.allocate(8 + 4 * ints.length).putInt(1).putInt(type);
        for (int value : ints) {
            frame.putInt(value);
        }
        return frame.array();
    }
}
