"""A service's end of Assent's protocol, for PostgreSQL and two-phase commit.

Needs grpc, psycopg2 and what protoc makes of coordinator.proto. other-language.md tells why each step comes
where it does; a comment here says what has to be durable before what is sent.
"""

import logging
import os
import queue
import threading
import time
from contextlib import contextmanager

import grpc
import psycopg2
from assent import coordinator_pb2 as wire
from assent import coordinator_pb2_grpc as rpc
from assent_branches import CAUSE_CHARS_MAX, ENDED, PREPARED, Branch, Done, Vote, cause_of
from assent_names import FORMAT_ID, Gtrid, Refused, bqual_of, gid_of, gtrid_of, token_of

LOG = logging.getLogger("assent")

REDIAL_SECONDS = 0.05, 2  # the first pause, and the longest
CALL_SECONDS = 10  # begin, join, enlist; a change of leader included
OUTCOME_SECONDS = 30  # asking how a transaction ended whose answer was lost
SWEEP_SECONDS = 1
ASK_SECONDS = 0.1

Outcome = wire.OutcomeReply
Command = wire.Command


class Part:
    """This process's part in one transaction."""

    def __init__(self, gtrid, agent):
        self.gtrid = gtrid
        self.branches = {}
        self._agent = agent
        self._calls = 0
        self._doomed = None
        self._lock = threading.Lock()

    def token(self):
        """For the header of a request to another service."""
        return token_of(self.gtrid)

    def doom(self, why):
        """From here on every branch of this process votes for rollback."""
        self._doomed = self._doomed or why

    def doomed(self):
        return self._doomed

    def enter(self):
        with self._lock:
            self._calls += 1

    def leave(self):
        with self._lock:
            self._calls -= 1

    def objection(self):
        """Why no branch may vote yes now."""
        return self._doomed or ("a call of the transaction is still running here" if self._calls else None)

    def branch(self, database):
        """The connection on which the transaction works in that database."""
        with self._lock:
            if self._doomed:
                raise Refused(self._doomed)
            for known in self.branches.values():
                if known.database is database:
                    return known.connection
            bqual = bqual_of(database.name, len(self.branches), self._agent.incarnation)
            branch = Branch(self, database, bqual)
            try:
                # First the coordinator knows the branch, then its work begins: what it does not know it cannot end.
                self._agent.enlist(self.gtrid, bqual, database.name)
                branch.enlisted = True
                self.branches[bqual] = branch
                branch.open()
            except Exception as failed:
                self.doom(cause_of(failed))
                raise
            return branch.connection


class Link:
    """The link to one node: dials, says who we are, and dials again for ever."""

    def __init__(self, agent, target, credentials):
        self.target = target
        self.shards = {}
        self._agent = agent
        self._out = queue.SimpleQueue()
        self._trouble = None
        options = [
            # A node that comes back is to be found at once, not after the channel's own growing pauses.
            ("grpc.initial_reconnect_backoff_ms", 50),
            ("grpc.max_reconnect_backoff_ms", 2_000),
            # One that is frozen is noticed.
            ("grpc.keepalive_time_ms", 10_000),
            ("grpc.keepalive_timeout_ms", 5_000),
            ("grpc.http2.max_pings_without_data", 0),
        ]
        self.calls = rpc.CoordinatorStub(grpc.secure_channel(target, credentials, options))
        threading.Thread(target=self._dial, name=f"node {target}", daemon=True).start()

    def _dial(self):
        first, longest = REDIAL_SECONDS
        pause = first
        while True:
            out = self._out = queue.SimpleQueue()
            self.hello()
            try:
                for message in self.calls.Attach(iter(out.get, None)):
                    pause = first
                    self._heard(message, out)
            except grpc.RpcError as lost:
                self._lost(lost)
            out.put(None)
            self.shards = {}
            time.sleep(pause)
            pause = min(2 * pause, longest)

    def _lost(self, failed):
        trouble = f"{failed.code().name}: {failed.details()}"
        if failed.code() != grpc.StatusCode.UNAVAILABLE and trouble != self._trouble:
            LOG.error("node %s refuses this service, and is dialled again: %s", self.target, trouble)
        self._trouble = trouble

    def hello(self):
        """The first message of a link, and again when what we know of a database has changed."""
        resources = [
            wire.NamedResource(name=database.name, unknown_because=database.unknown_because)
            if database.identity is None
            else wire.NamedResource(name=database.name, identity=wire.Identity(text=database.identity))
            for database in self._agent.databases.values()
        ]
        hello = wire.Hello(agent_id=self._agent.id, service=self._agent.service, resources=resources)
        self._out.put(wire.AgentMessage(hello=hello))

    def _heard(self, message, out):
        """Nothing here may block: commands run elsewhere, and are answered on the link they came by."""
        body = message.WhichOneof("body")
        if body == "welcome":
            self._agent.told_time(message.welcome.clock_millis)
        elif body == "leading":
            self.shards = {shard.shard: shard.epoch for shard in message.leading.shards}
            self._agent.told_leading(self.shards)
        elif body == "command":
            self._agent.command(message.command, lambda reply: out.put(wire.AgentMessage(reply=reply)))
        elif body == "ended":
            self._agent.ended(message.ended)
        elif body == "name_answer":
            self._agent.told_name(message.name_answer)


class Agent:
    def __init__(self, service, targets, credentials, databases):
        self.service = service
        self.id = os.urandom(16)  # a restarted process is another agent
        self.incarnation = int.from_bytes(self.id[:8], "big") & (1 << 63) - 1
        self.databases = {database.name: database for database in databases}
        self._parts = {}
        self._epochs = {}
        self._ahead_millis = 0
        self._changed = threading.Condition()
        self._busy = set()
        self._links = [Link(self, target, credentials) for target in targets]
        threading.Thread(target=self._sweep_for_ever, name="sweeper", daemon=True).start()

    # For the application.

    def begin(self, seconds):
        node = self._wait("no node leads a shard", lambda: next((link for link in self._links if link.shards), None))
        begun = self._call(node.calls.Begin, wire.BeginRequest(timeout_millis=int(seconds * 1000)))
        return self._part(Gtrid.of(begun.gtrid))

    @contextmanager
    def joined(self, token):
        """Work in the transaction that a request came with; its end is its originator's business."""
        gtrid = gtrid_of(token)
        self._call(self._leader(gtrid).calls.Join, wire.JoinRequest(gtrid=gtrid.raw, agent_id=self.id))
        part = self._part(gtrid)
        part.enter()
        try:
            yield part
        except BaseException as failed:
            part.doom(cause_of(failed))
            raise
        finally:
            part.leave()

    def commit(self, part):
        """How it ended; UNKNOWN if nobody could tell in time. Never a guess."""
        if part.doomed():
            return self.rollback(part, part.doomed())
        request = wire.CommitRequest(gtrid=part.gtrid.raw, agent_id=self.id)
        return self._end(part, lambda node: node.calls.Commit(request, timeout=OUTCOME_SECONDS))

    def rollback(self, part, cause):
        part.doom(cause)
        request = wire.RollbackRequest(gtrid=part.gtrid.raw, agent_id=self.id, cause=cause[:CAUSE_CHARS_MAX])
        return self._end(part, lambda node: node.calls.Rollback(request, timeout=CALL_SECONDS))

    def _end(self, part, call):
        try:
            outcome = call(self._leader(part.gtrid))
        except (grpc.RpcError, Refused) as lost:
            # What became of the request is not known: the outcome is asked for.
            outcome = Outcome(kind=Outcome.UNKNOWN, detail=cause_of(lost))
        give_up = time.monotonic() + OUTCOME_SECONDS
        while outcome.kind in (Outcome.UNKNOWN, Outcome.KIND_UNSPECIFIED) and time.monotonic() < give_up:
            time.sleep(ASK_SECONDS)
            outcome = self._ask(part)
        return outcome

    # What the nodes say.

    def told_time(self, clock_millis):
        self._ahead_millis = clock_millis - int(time.time() * 1000)

    def told_leading(self, shards):
        with self._changed:
            for shard, epoch in shards.items():
                self._epochs[shard] = max(epoch, self._epochs.get(shard, 0))
            self._changed.notify_all()

    def told_name(self, answer):
        database = self.databases.get(answer.name)
        if database and answer.identity.text == database.identity:
            database.refusal = answer.refusal if answer.kind == wire.NameAnswer.REFUSED else None
            if database.refusal:
                LOG.error("%s takes no part: %s", database.name, database.refusal)

    def _leader(self, gtrid):
        """Two nodes may say for a moment that they lead a shard; the higher epoch is the later leader."""

        def latest():
            claims = [(link.shards.get(gtrid.shard, -1), link) for link in self._links]
            epoch, link = max(claims, key=lambda claim: claim[0])
            return link if epoch >= 0 else None

        return self._wait("no node leads the transaction's shard", latest)

    def _wait(self, otherwise, find):
        with self._changed:
            found = self._changed.wait_for(find, CALL_SECONDS)
        if not found:
            raise Refused(otherwise, retry=True)
        return found

    @staticmethod
    def _call(call, request):
        try:
            return call(request, timeout=CALL_SECONDS)
        except grpc.RpcError as refused:
            codes = grpc.StatusCode
            passing = codes.UNAVAILABLE, codes.ABORTED, codes.DEADLINE_EXCEEDED, codes.RESOURCE_EXHAUSTED
            raise Refused(refused.details(), retry=refused.code() in passing) from refused

    def enlist(self, gtrid, bqual, name):
        request = wire.EnlistRequest(gtrid=gtrid.raw, bqual=bqual, agent_id=self.id, resource_manager=name)
        self._call(self._leader(gtrid).calls.Enlist, request)

    def _part(self, gtrid):
        with self._changed:
            return self._parts.setdefault(gtrid.raw, Part(gtrid, self))

    # What the nodes command.

    def command(self, command, reply):
        database = self.databases.get(command.resource_manager)
        if database is None or not database.run(self._run, command, database, reply):
            why = "too many commands wait" if database else "no such resource here"
            reply(wire.CommandReply(command_id=command.command_id, failure=why))

    def _run(self, command, database, reply):
        answer = wire.CommandReply(command_id=command.command_id)
        try:
            self._carry_out(command, database, answer)
        except Exception as failed:  # whatever it is: the node is not to wait for an answer that never comes
            answer.failure = cause_of(failed)
        told = answer.WhichOneof("result")
        if command.kind != Command.SCAN or told == "failure":
            LOG.info("%s in %s: %s", Command.Kind.Name(command.kind), database.name, str(answer).replace("\n", " "))
        reply(answer)

    def _carry_out(self, command, database, answer):
        part = self._parts.get(command.branch.gtrid)
        branch = part.branches.get(command.branch.bqual) if part else None
        kind = command.kind
        if kind == Command.SCAN:
            self._scan(database, answer)
        elif kind == Command.PREPARE:
            # Only who did the work may vote yes on it: an earlier life of this process has left nothing to prepare.
            lost = Vote(kind=Vote.ROLLBACK, cause="this service does not run the branch")
            answer.vote.CopyFrom(branch.prepare() if branch else lost)
        elif kind == Command.CAN_COMMIT:
            answer.vote.CopyFrom(Vote(kind=Vote.ROLLBACK, cause="this service keeps no acceptor's log"))
        elif kind == Command.COMMIT_ONE_PHASE:
            # Whoever loses the answer to a plain COMMIT cannot tell how it ended; after a prepare he can.
            answer.completion.CopyFrom(Done(kind=Done.NEEDS_PREPARE if branch else Done.UNSENT))
        elif kind == Command.COMMIT:
            answer.completion.CopyFrom(branch.commit() if branch else self._recover("commit", command, database))
        elif kind == Command.ROLLBACK:
            answer.completion.CopyFrom(branch.rollback() if branch else self._recover("rollback", command, database))
        elif kind == Command.FORGET:
            answer.completion.CopyFrom(Done(kind=Done.DONE))  # PostgreSQL decides nothing by itself
        else:
            answer.failure = f"this service does not know command {kind}"

    @staticmethod
    def _recover(end, command, database):
        """A branch of an earlier life, or of another process that serves the same database."""
        if database.refusal:
            # Another database under that name would say that it knows no such branch, and that would be believed.
            return Done(kind=Done.UNSENT, cause=database.refusal)
        return database.end_prepared(f"{end} prepared", gid_of(command.branch.gtrid, command.branch.bqual))

    @staticmethod
    def _scan(database, answer):
        identity, found = database.in_doubt()
        answer.in_doubt.identity.text = identity
        for gtrid, bqual in found:
            answer.in_doubt.branches.add(format_id=FORMAT_ID, gtrid=gtrid, bqual=bqual)

    # Ends that are told, and those that nobody tells.

    def ended(self, message):
        part = self._parts.get(message.gtrid)
        if part:
            part.doom("the transaction has ended")
            self._obey(part, message.outcome)

    def _obey(self, part, outcome):
        branches = list(part.branches.values())
        if all(branch.state == ENDED for branch in branches):
            self._parts.pop(part.gtrid.raw, None)
        for branch in branches:
            if branch not in self._busy:  # a database that hangs gathers no more than one step for each branch
                self._busy.add(branch)
                if not branch.database.run(self._obey_in, part, branch, outcome):
                    self._busy.discard(branch)

    def _obey_in(self, part, branch, outcome):
        try:
            if outcome.kind == Outcome.COMMITTED and branch.state == PREPARED:
                branch.commit()
            elif outcome.kind == Outcome.ROLLED_BACK:
                branch.rollback()
            else:
                branch.drop_unless_prepared()
        finally:
            self._busy.discard(branch)
        if all(each.state == ENDED for each in part.branches.values()):
            self._parts.pop(part.gtrid.raw, None)

    def _sweep_for_ever(self):
        while True:
            try:
                for database in self.databases.values():
                    if database.identity is None and database not in self._busy:
                        self._busy.add(database)
                        database.run(self._ask_identity, database)
                for part in list(self._parts.values()):
                    self._sweep(part)
            except Exception:  # one sweep's trouble is not the end of sweeping
                LOG.exception("the next sweep goes on")
            time.sleep(SWEEP_SECONDS)

    def _sweep(self, part):
        """Its coordinator is gone, or a message was lost. What is prepared waits for the decision, however long."""
        past = time.time() * 1000 + self._ahead_millis > part.gtrid.deadline_millis
        replaced = self._epochs.get(part.gtrid.shard, 0) > part.gtrid.epoch
        if past or replaced:
            part.doom("the transaction is past its deadline, or its coordinator was replaced")
            in_doubt = any(branch.state == PREPARED for branch in part.branches.values())
            self._obey(part, self._ask(part) if in_doubt else Outcome(kind=Outcome.UNKNOWN))

    def _ask(self, part):
        """``not_read_only``: no branch here ever votes READ_ONLY, so without a record of a commit there was none."""
        node = next((link for link in self._links if link.shards), self._links[0])
        known = any(branch.enlisted for branch in part.branches.values())
        try:
            request = wire.AskOutcomeRequest(gtrid=part.gtrid.raw, not_read_only=known)
            return node.calls.AskOutcome(request, timeout=CALL_SECONDS)
        except grpc.RpcError as lost:
            return Outcome(kind=Outcome.UNKNOWN, detail=cause_of(lost))

    def _ask_identity(self, database):
        try:
            database.identity = database.ask_identity()
        except psycopg2.Error as away:
            database.unknown_because = cause_of(away)
        finally:
            self._busy.discard(database)
        for link in self._links:
            link.hello()
