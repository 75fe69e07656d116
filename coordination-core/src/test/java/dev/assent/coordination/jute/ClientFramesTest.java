package dev.assent.coordination.jute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Stat;
import java.io.IOException;
import java.util.List;
import org.apache.jute.Record;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.MultiResponse;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.proto.Create2Response;
import org.apache.zookeeper.proto.CreateResponse;
import org.apache.zookeeper.proto.ErrorResponse;
import org.apache.zookeeper.proto.ExistsResponse;
import org.apache.zookeeper.proto.GetACLResponse;
import org.apache.zookeeper.proto.GetAllChildrenNumberResponse;
import org.apache.zookeeper.proto.GetChildren2Response;
import org.apache.zookeeper.proto.GetChildrenResponse;
import org.apache.zookeeper.proto.GetDataResponse;
import org.apache.zookeeper.proto.GetEphemeralsResponse;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.SetACLResponse;
import org.apache.zookeeper.proto.SetDataResponse;
import org.apache.zookeeper.proto.SyncResponse;
import org.apache.zookeeper.proto.WatcherEvent;
import org.apache.zookeeper.proto.WhoAmIResponse;
import org.junit.jupiter.api.Test;

/** Every reply, read by the official client's classes. */
class ClientFramesTest {
    private static final Stat STAT =
            new Stat(new Stat.Stamp(1, 2), new Stat.Stamp(3, 4), 5, new Stat.Versions(6, 7, 8), 1L << 63 | 9, 10, 11);
    private static final org.apache.zookeeper.data.Stat OFFICIAL_STAT =
            new org.apache.zookeeper.data.Stat(1, 3, 2, 4, 6, 7, 8, 1L << 63 | 9, 10, 11, 5);

    private static <T extends Record> T replied(Response body, T into) throws IOException {
        ReplyHeader header = new ReplyHeader();
        OfficialBytes.read(ClientFrames.reply(9, 0x100000002L, ErrorCode.OK, body), header, into);
        assertThat(header).isEqualTo(new ReplyHeader(9, 0x100000002L, 0));
        return into;
    }

    @Test
    void a_reply_without_a_body_carries_its_error() throws IOException {
        for (ErrorCode error : ErrorCode.values()) {
            ReplyHeader header = new ReplyHeader();
            OfficialBytes.read(ClientFrames.reply(-2, 7, error, Response.Empty.INSTANCE), header);

            assertThat(header).isEqualTo(new ReplyHeader(-2, 7, error.code()));
            assertThat(KeeperException.Code.get(error.code())).as("%s", error).isNotNull();
        }
    }

    @Test
    void paths_and_stats() throws IOException {
        assertThat(replied(new Response.PathOf("/a\u00e4"), new CreateResponse()))
                .isEqualTo(new CreateResponse("/a\u00e4"));
        assertThat(replied(new Response.PathOf("/a"), new SyncResponse())).isEqualTo(new SyncResponse("/a"));
        assertThat(replied(new Response.PathAndStat("/a", STAT), new Create2Response()))
                .isEqualTo(new Create2Response("/a", OFFICIAL_STAT));
        assertThat(replied(new Response.StatOf(STAT), new ExistsResponse()))
                .isEqualTo(new ExistsResponse(OFFICIAL_STAT));
        assertThat(replied(new Response.StatOf(STAT), new SetDataResponse()))
                .isEqualTo(new SetDataResponse(OFFICIAL_STAT));
        assertThat(replied(new Response.StatOf(STAT), new SetACLResponse()))
                .isEqualTo(new SetACLResponse(OFFICIAL_STAT));
    }

    @Test
    void data_absent_empty_and_large() throws IOException {
        for (byte[] bytes : new byte[][] {null, {}, {1, 2}, new byte[100_000]}) {
            Payload data = bytes == null ? null : Payload.wrap(bytes);

            GetDataResponse read = replied(new Response.Data(data, STAT), new GetDataResponse());

            assertThat(read.getData()).isEqualTo(bytes);
            assertThat(read.getStat()).isEqualTo(OFFICIAL_STAT);
        }
    }

    @Test
    void lists() throws IOException {
        List<String> names = List.of("a", "\u00fc\u4e2d", "");

        assertThat(replied(new Response.Names(names), new GetChildrenResponse()))
                .isEqualTo(new GetChildrenResponse(names));
        assertThat(replied(new Response.Names(names), new GetEphemeralsResponse()))
                .isEqualTo(new GetEphemeralsResponse(names));
        assertThat(replied(new Response.NamesAndStat(names, STAT), new GetChildren2Response()))
                .isEqualTo(new GetChildren2Response(names, OFFICIAL_STAT));
        assertThat(replied(new Response.AclAndStat(Acl.OPEN, STAT), new GetACLResponse()))
                .isEqualTo(new GetACLResponse(ZooDefs.Ids.OPEN_ACL_UNSAFE, OFFICIAL_STAT));
        assertThat(replied(new Response.Count(5), new GetAllChildrenNumberResponse()))
                .isEqualTo(new GetAllChildrenNumberResponse(5));
        assertThat(replied(new Response.ErrorOf(ErrorCode.OK), new ErrorResponse()))
                .isEqualTo(new ErrorResponse(0));
        assertThat(replied(new Response.Identities(List.of(new Identity("ip", "1.2.3.4"))), new WhoAmIResponse()))
                .isEqualTo(new WhoAmIResponse(List.of(new ClientInfo("ip", "1.2.3.4"))));
    }

    @Test
    void the_results_of_a_multi() throws IOException {
        Response results = new Response.Results(List.of(
                Response.Results.Result.done(OpCode.CREATE, new Response.PathOf("/a")),
                Response.Results.Result.done(OpCode.CREATE2, new Response.PathAndStat("/b", STAT)),
                Response.Results.Result.done(OpCode.SET_DATA, new Response.StatOf(STAT)),
                Response.Results.Result.done(OpCode.DELETE, Response.Empty.INSTANCE),
                Response.Results.Result.done(OpCode.CHECK, Response.Empty.INSTANCE),
                Response.Results.Result.failed(ErrorCode.NO_NODE)));

        MultiResponse read = replied(results, new MultiResponse());

        assertThat(read.getResultList())
                .containsExactly(
                        new OpResult.CreateResult("/a"),
                        new OpResult.CreateResult("/b", OFFICIAL_STAT),
                        new OpResult.SetDataResult(OFFICIAL_STAT),
                        new OpResult.DeleteResult(),
                        new OpResult.CheckResult(),
                        new OpResult.ErrorResult(-101));
    }

    @Test
    void the_results_of_a_multi_read() throws IOException {
        Response results = new Response.Results(List.of(
                Response.Results.Result.done(OpCode.GET_DATA, new Response.Data(Payload.wrap(new byte[] {1}), STAT)),
                Response.Results.Result.done(OpCode.GET_CHILDREN, new Response.Names(List.of("c"))),
                Response.Results.Result.failed(ErrorCode.NO_AUTH)));

        MultiResponse read = replied(results, new MultiResponse());

        assertThat(read.getResultList())
                .containsExactly(
                        new OpResult.GetDataResult(new byte[] {1}, OFFICIAL_STAT),
                        new OpResult.GetChildrenResult(List.of("c")),
                        new OpResult.ErrorResult(-102));
    }

    @Test
    void notifications_carry_the_transaction_that_caused_them() throws IOException {
        ReplyHeader header = new ReplyHeader();
        WatcherEvent event = new WatcherEvent();

        OfficialBytes.read(ClientFrames.notification(0x200000003L, EventType.NODE_DELETED, "/a"), header, event);

        assertThat(header).isEqualTo(new ReplyHeader(-1, 0x200000003L, 0));
        assertThat(event).isEqualTo(new WatcherEvent(2, 3, "/a"));
    }

    @Test
    void the_answer_to_the_first_frame_has_the_fields_that_the_client_knows() throws IOException {
        Payload password = Payload.wrap(new byte[16]);
        var whole = new org.apache.zookeeper.proto.ConnectResponse();
        OfficialBytes.read(ClientFrames.connectResponse(new ConnectResponse(4_000, 7, password, true)), whole);
        byte[] old = ClientFrames.connectResponse(new ConnectResponse(4_000, 7, password, false));

        assertThat(whole).isEqualTo(new org.apache.zookeeper.proto.ConnectResponse(0, 4_000, 7, new byte[16], false));
        assertThat(old).hasSize(4 + 4 + 4 + 8 + 4 + 16);
    }
}
