package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.OpCode;
import dev.assent.coordination.jute.OrderedRequest;
import dev.assent.coordination.jute.Response;
import dev.assent.coordination.jute.Response.Results.Result;
import dev.assent.coordination.model.CreateMode;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.tree.Applied;
import dev.assent.coordination.tree.OpResult;
import java.util.ArrayList;
import java.util.List;

/** The reply to a change that has its place in the history. */
record ChangeAnswer(Applied applied) implements OrderedRequest.ChangeHandler<Answer> {

    static Answer of(OrderedRequest.Change change, Applied applied) {
        return applied.error() == ErrorCode.OK
                ? change.accept(new ChangeAnswer(applied))
                : Answer.failed(applied.error());
    }

    @Override
    public Answer write(OrderedRequest.Write write) {
        return applied.results().get(0).accept(new BodyFor(write.opCode()));
    }

    @Override
    public Answer multi(OrderedRequest.Multi multi) {
        return Answer.of(results(multi, applied.results()));
    }

    @Override
    public Answer closeSession(OrderedRequest.CloseSession request) {
        return Answer.EMPTY;
    }

    private static Response results(OrderedRequest.Multi multi, List<OpResult> done) {
        List<Result> results = new ArrayList<>(done.size());
        for (int i = 0; i < done.size(); i++) {
            OpCode op = resultOf(multi.ops().get(i));
            Answer answer = done.get(i).accept(new BodyFor(op));
            boolean failed = done.get(i) instanceof OpResult.Failed;
            results.add(failed ? Result.failed(answer.error()) : Result.done(op, answer.body()));
        }
        return new Response.Results(results);
    }

    /** What the result is of, in clients' eyes: they know two kinds of creates, and containers are of the second. */
    private static OpCode resultOf(OrderedRequest.Write write) {
        boolean container = write.op() instanceof WriteOp.Create create && create.flag() == CreateMode.CONTAINER.flag();
        return container || write.opCode() == OpCode.CREATE_CONTAINER || write.opCode() == OpCode.CREATE_TTL
                ? OpCode.CREATE2
                : write.opCode();
    }

    private record BodyFor(OpCode op) implements OpResult.Handler<Answer> {
        @Override
        public Answer created(OpResult.Created result) {
            String path = result.path().value();
            return Answer.of(
                    op == OpCode.CREATE
                            ? new Response.PathOf(path)
                            : new Response.PathAndStat(path, result.znode().stat()));
        }

        @Override
        public Answer deleted(OpResult.Deleted result) {
            return Answer.EMPTY;
        }

        @Override
        public Answer changed(OpResult.Changed result) {
            return Answer.of(new Response.StatOf(result.znode().stat()));
        }

        @Override
        public Answer checked(OpResult.Checked result) {
            return Answer.EMPTY;
        }

        @Override
        public Answer failed(OpResult.Failed result) {
            return Answer.failed(result.error());
        }
    }
}
