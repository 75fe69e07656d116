package dev.assent.shop.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.acceptor.AcceptorDoor;
import dev.assent.tx.remote.acceptor.AcceptorWire;
import dev.assent.tx.remote.wire.AcceptorAnswer;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.remote.wire.AcceptorQuestion;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.BallotNumber;
import dev.assent.tx.remote.wire.BallotPromise;
import dev.assent.tx.remote.wire.BallotValue;
import dev.assent.tx.remote.wire.Beat;
import dev.assent.tx.remote.wire.ChosenDecision;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.CompletionReply;
import dev.assent.tx.remote.wire.Ended;
import dev.assent.tx.remote.wire.EndedQuestion;
import dev.assent.tx.remote.wire.EnlistRequest;
import dev.assent.tx.remote.wire.Hello;
import dev.assent.tx.remote.wire.Identity;
import dev.assent.tx.remote.wire.InDoubtReply;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.NamedResource;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.OwnBranch;
import dev.assent.tx.remote.wire.Request;
import dev.assent.tx.remote.wire.Value;
import dev.assent.tx.remote.wire.VoteReply;
import java.util.List;
import java.util.stream.Stream;

/** What nodes, services and acceptors say to each other: the messages, and the values in their fields. */
final class GrpcTargets {
    static final GlobalTxId TRANSACTION = new GlobalTxId(
            new ClusterId(42),
            new EpochKey(Authority.SHARD_2PC, 3, 0),
            7,
            1_900_000_000_000L,
            new GlobalTxId.Unique(0x1234_5678_9abc_def0L, 5L << 32 | 9));

    private static final ByteString GTRID = Wire.gtrid(TRANSACTION);
    private static final ByteString AGENT = new AgentId(1, 2).bytes();
    private static final AcceptorAt ACCEPTOR = AcceptorAt.newBuilder()
            .setAcceptor(ByteString.copyFrom(new byte[16]))
            .setAddress("127.0.0.1:7500")
            .build();
    private static final dev.assent.tx.remote.wire.BranchName BRANCH = dev.assent.tx.remote.wire.BranchName.newBuilder()
            .setFormatId(1)
            .setGtrid(GTRID)
            .setBqual(ByteString.copyFrom(new byte[24]))
            .build();

    private static final List<Class<? extends MessageLite>> KINDS =
            List.of(AskOutcomeRequest.class, ChosenDecision.class, EndedQuestion.class, Beat.class);

    private GrpcTargets() {}

    static List<Target> all() {
        return List.of(
                target("grpc-to-node", GrpcTargets::toNode, agents()),
                target("grpc-to-agent", GrpcTargets::toAgent, nodes()),
                new Target("grpc-calls", calls(), List.of(), Targets.GRPC_REFUSALS, GrpcTargets::call),
                target("grpc-acceptor-asked", AcceptorDoor::question, questions()),
                target("grpc-acceptor-answers", AcceptorDoor::answer, answers()));
    }

    /** The messages of calls that are made one by one, each behind its kind in one byte. */
    private static List<byte[]> calls() {
        return Stream.of(
                        AskOutcomeRequest.newBuilder().setGtrid(GTRID).build(),
                        ChosenDecision.newBuilder()
                                .setGtrid(GTRID)
                                .setValue(Value.COMMIT)
                                .build(),
                        EndedQuestion.newBuilder()
                                .setGtrid(GTRID)
                                .setAcceptor(ACCEPTOR.getAcceptor())
                                .build(),
                        Beat.newBuilder().setMember("0a1b2c3d").build())
                .map(GrpcTargets::behindItsKind)
                .toList();
    }

    private static byte[] behindItsKind(MessageLite message) {
        return ByteString.copyFrom(new byte[] {(byte) KINDS.indexOf(message.getClass())})
                .concat(message.toByteString())
                .toByteArray();
    }

    private static void call(byte[] input) throws Exception {
        ByteString message = ByteString.copyFrom(input, Math.min(1, input.length), Math.max(0, input.length - 1));
        switch (input.length == 0 ? 0 : input[0] & 3) {
            case 0 -> {
                var unusedTransaction =
                        Wire.transaction(AskOutcomeRequest.parseFrom(message).getGtrid());
            }
            case 1 -> {
                ChosenDecision chosen = ChosenDecision.parseFrom(message);
                var unusedTransaction = Wire.transaction(chosen.getGtrid());
                var unusedValue = AcceptorWire.value(chosen.getValue());
            }
            case 2 -> {
                EndedQuestion question = EndedQuestion.parseFrom(message);
                var unusedTransaction = Wire.transaction(question.getGtrid());
                AcceptorDoor.name(question.getAcceptor());
            }
            default -> {
                String unused = Beat.parseFrom(message).getMember();
            }
        }
    }

    private static Target target(String name, Target.Decoder decoder, Stream<? extends MessageLite> samples) {
        return new Target(
                name, samples.map(MessageLite::toByteArray).toList(), List.of(), Targets.GRPC_REFUSALS, decoder);
    }

    private static Stream<AgentMessage> agents() {
        return Stream.of(
                AgentMessage.newBuilder()
                        .setHello(Hello.newBuilder()
                                .setAgentId(AGENT)
                                .setService("orders")
                                .addResources(NamedResource.newBuilder()
                                        .setName("orders")
                                        .setIdentity(Identity.newBuilder().setText("postgresql:1")))
                                .setAcceptor(ACCEPTOR))
                        .build(),
                reply(CommandReply.newBuilder()
                        .setVote(VoteReply.newBuilder().setKindValue(3).setCause("no"))),
                reply(CommandReply.newBuilder()
                        .setCompletion(
                                CompletionReply.newBuilder().setKindValue(5).setCause("alone"))),
                reply(CommandReply.newBuilder()
                        .setInDoubt(
                                InDoubtReply.newBuilder().addBranches(BRANCH).addBranches(BRANCH))),
                request(Request.newBuilder()
                        .setJoin(JoinRequest.newBuilder().setGtrid(GTRID).setAgentId(AGENT))),
                request(Request.newBuilder()
                        .setEnlist(EnlistRequest.newBuilder()
                                .setGtrid(GTRID)
                                .setAgentId(AGENT)
                                .setBqual(BRANCH.getBqual())
                                .setResourceManager("orders"))),
                request(Request.newBuilder()
                        .setCommit(CommitRequest.newBuilder()
                                .setGtrid(GTRID)
                                .setAgentId(AGENT)
                                .addBranches(OwnBranch.newBuilder()
                                        .setBqual(BRANCH.getBqual())
                                        .setResourceManager("orders")
                                        .setVote(VoteReply.newBuilder().setKindValue(1))))));
    }

    private static AgentMessage reply(CommandReply.Builder reply) {
        return AgentMessage.newBuilder().setReply(reply.setCommandId(77)).build();
    }

    private static AgentMessage request(Request.Builder request) {
        return AgentMessage.newBuilder().setRequest(request.setRequestId(78)).build();
    }

    private static Stream<NodeMessage> nodes() {
        return Stream.of(
                NodeMessage.newBuilder()
                        .setCommand(Command.newBuilder()
                                .setCommandId(9)
                                .setKindValue(7)
                                .setResourceManager("orders")
                                .setBranch(BRANCH)
                                .addAcceptors(ACCEPTOR)
                                .addAcceptors(ACCEPTOR))
                        .build(),
                NodeMessage.newBuilder()
                        .setEnded(Ended.newBuilder()
                                .setGtrid(GTRID)
                                .setOutcome(OutcomeReply.newBuilder()
                                        .setKindValue(2)
                                        .setDetail("because")))
                        .build());
    }

    private static Stream<AcceptorQuestion> questions() {
        return Stream.of(
                AcceptorQuestion.newBuilder()
                        .setGtrid(GTRID)
                        .setAcceptor(ACCEPTOR.getAcceptor())
                        .setPrepare(ballot())
                        .build(),
                AcceptorQuestion.newBuilder()
                        .setGtrid(GTRID)
                        .setAcceptor(ACCEPTOR.getAcceptor())
                        .setAccept(BallotValue.newBuilder().setBallot(ballot()).setValue(Value.COMMIT))
                        .build());
    }

    private static Stream<AcceptorAnswer> answers() {
        BallotValue accepted = BallotValue.newBuilder()
                .setBallot(ballot())
                .setValue(Value.ABORT)
                .build();
        return Stream.of(
                AcceptorAnswer.newBuilder()
                        .setPromise(
                                BallotPromise.newBuilder().setBallot(ballot()).setAccepted(accepted))
                        .build(),
                AcceptorAnswer.newBuilder().setAccepted(accepted).build());
    }

    private static BallotNumber ballot() {
        return BallotNumber.newBuilder()
                .setRound(3)
                .setProposer(ByteString.copyFrom(new byte[16]))
                .build();
    }

    /** As a node's end of a link takes it apart. */
    private static void toNode(byte[] input) throws Exception {
        AgentMessage message = AgentMessage.parseFrom(input);
        if (message.hasHello()) {
            hello(message.getHello());
        }
        if (message.hasReply()) {
            CommandReply reply = message.getReply();
            var unusedVote = Wire.vote(reply.getVote());
            var unusedEnd = Wire.completion(reply.getCompletion());
            reply.getInDoubt().getBranchesList().forEach(Wire::branch);
        }
        if (message.hasRequest()) {
            request(message.getRequest());
        }
    }

    private static void hello(Hello hello) {
        var unusedAgent = AgentId.from(hello.getAgentId());
        hello.getResourcesList().forEach(resource -> {
            var unusedName = new ResourceName(resource.getName());
            var unusedIdentity = Wire.identity(resource.getIdentity());
        });
        if (hello.hasAcceptor()) {
            var unusedAcceptor = AcceptorWire.at(hello.getAcceptor());
        }
    }

    private static void request(Request request) {
        if (request.hasJoin()) {
            var unusedTransaction = Wire.transaction(request.getJoin().getGtrid());
            var unusedAgent = AgentId.from(request.getJoin().getAgentId());
        }
        if (request.hasEnlist()) {
            var unusedTransaction = Wire.transaction(request.getEnlist().getGtrid());
            var unusedBranch =
                    BranchName.fromBytes(request.getEnlist().getBqual().toByteArray());
            var unusedHash = new ResourceName(request.getEnlist().getResourceManager()).hash();
        }
        if (request.hasCommit()) {
            var unusedTransaction = Wire.transaction(request.getCommit().getGtrid());
            request.getCommit().getBranchesList().forEach(own -> {
                var unusedBranch = BranchName.fromBytes(own.getBqual().toByteArray());
                var unusedVote = Wire.vote(own.getVote());
            });
        }
    }

    /** As a service's end of a link takes it apart. */
    private static void toAgent(byte[] input) throws Exception {
        NodeMessage message = NodeMessage.parseFrom(input);
        if (message.hasCommand()) {
            var unusedBranch = Wire.branch(message.getCommand().getBranch());
            var unusedAcceptors = AcceptorWire.all(message.getCommand().getAcceptorsList());
        }
        if (message.hasEnded()) {
            var unusedTransaction = Wire.transaction(message.getEnded().getGtrid());
            var unusedOutcome = Wire.outcome(message.getEnded().getOutcome());
        }
    }
}
