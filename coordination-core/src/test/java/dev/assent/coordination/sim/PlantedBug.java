package dev.assent.coordination.sim;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.Delivery;
import dev.assent.coordination.zab.Input;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Proposal;
import dev.assent.coordination.zab.Recovered;
import dev.assent.coordination.zab.Send;
import dev.assent.coordination.zab.Turn;
import dev.assent.coordination.zab.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Bugs that a coordination service can have, most of which one has had, made by changing what goes into and comes out
 * of a peer: so production code has no switch for any. If the checks do not see one of these, they see nothing.
 */
enum PlantedBug {
    NONE,

    /** An append counts as durable once it was handed to the disk. */
    ACK_BEFORE_SYNC {
        @Override
        List<Input> after(SimNode node, Turn turn) {
            return lieAboutDurability(turn, Write.Append.class);
        }
    },

    /** The epochs count as durable once they were handed to the disk. */
    EPOCH_ACK_BEFORE_SYNC {
        @Override
        List<Input> after(SimNode node, Turn turn) {
            return lieAboutDurability(turn, Write.SaveEpochs.class);
        }
    },

    /** A received snapshot counts as installed before it is. */
    SNAPSHOT_ACK_BEFORE_SYNC {
        @Override
        List<Input> after(SimNode node, Turn turn) {
            return lieAboutDurability(turn, Write.SnapshotChunk.class);
        }
    },

    /** The promise of an epoch is kept in memory only. */
    PROMISE_NOT_PERSISTED {
        @Override
        boolean losesWrite(Write write, SimDisk disk) {
            return write instanceof Write.SaveEpochs epochs && epochs.accepted().isAfter(epochs.current());
        }
    },

    /** A truncation is forgotten on disk. */
    TRUNCATION_SKIPPED {
        @Override
        boolean losesWrite(Write write, SimDisk disk) {
            return write instanceof Write.Truncate;
        }
    },

    /** The current epoch is on disk before the history that it stands for. */
    EPOCH_BEFORE_HISTORY {
        @Override
        List<Input> inputs(SimNode node, Input input) {
            if (input instanceof Input.Received received
                    && received.message() instanceof PeerMessage.NewLeader leader
                    && leader.epoch().equals(node.disk().accepted())) {
                node.disk().saveCurrentEpochEarly(leader.epoch());
            }
            return List.of(input);
        }
    },

    /** The leader commits as if every learner had acknowledged already. */
    COMMIT_WITHOUT_QUORUM {
        @Override
        List<Input> after(SimNode node, Turn turn) {
            List<Input> forged = new ArrayList<>();
            for (Send send : turn.sends()) {
                if (send.message() instanceof PeerMessage.Propose propose) {
                    Zxid last = propose.proposals()
                            .get(propose.proposals().size() - 1)
                            .zxid();
                    PeerMessage ack = new PeerMessage.Ack(propose.epoch(), last);
                    forged.add(new Input.Received(send.to(), send.generation(), ack));
                }
            }
            return forged;
        }
    },

    /** The leader serves before a quorum has the history. */
    SERVE_BEFORE_QUORUM_HAS_HISTORY {
        @Override
        List<Input> after(SimNode node, Turn turn) {
            List<Input> forged = new ArrayList<>();
            for (Send send : turn.sends()) {
                if (send.message() instanceof PeerMessage.NewLeader leader) {
                    PeerMessage ack = new PeerMessage.AckNewLeader(leader.epoch(), leader.last());
                    forged.add(new Input.Received(send.to(), send.generation(), ack));
                }
            }
            return forged;
        }
    },

    /** A follower takes what is proposed for committed. */
    DELIVERED_WHEN_PROPOSED {
        @Override
        Turn turn(SimNode node, Turn turn) {
            return rewritten(
                    turn,
                    message -> message instanceof PeerMessage.Propose propose
                            ? new PeerMessage.Propose(
                                    propose.epoch(),
                                    propose.previous(),
                                    propose.proposals(),
                                    propose.proposals()
                                            .get(propose.proposals().size() - 1)
                                            .zxid())
                            : message);
        }
    },

    /** A word of a commit that was held back is forgotten when its time has come. */
    HELD_COMMIT_LOST {
        @Override
        boolean losesReleased() {
            return true;
        }
    },

    /** What applications say, say that somebody has caught up, does not wait for the word that is held back. */
    HELD_COMMIT_OVERTAKEN {
        @Override
        boolean overtakesHeld(PeerMessage message) {
            return message instanceof PeerMessage.App;
        }
    },

    /** A DIFF lacks one transaction in the middle, and says nothing of it. */
    DIFF_WITH_A_HOLE {
        @Override
        Turn turn(SimNode node, Turn turn) {
            return rewritten(turn, message -> {
                if (message instanceof PeerMessage.Propose propose
                        && propose.proposals().size() > 2) {
                    List<Proposal> holed = new ArrayList<>(propose.proposals());
                    holed.remove(1);
                    return new PeerMessage.Propose(propose.epoch(), propose.previous(), holed, propose.committed());
                }
                return message;
            });
        }
    },

    /** Too much is truncated. */
    TRUNCATED_TOO_FAR {
        @Override
        Turn turn(SimNode node, Turn turn) {
            return rewritten(
                    turn, message -> message instanceof PeerMessage.Trunc ? new PeerMessage.Trunc(Zxid.ZERO) : message);
        }
    },

    /** Messages of a link that is gone count as messages of the present one. */
    STALE_GENERATION_ACCEPTED {
        @Override
        List<Input> inputs(SimNode node, Input input) {
            if (input instanceof Input.Received received) {
                long present = node.generations()[received.from().value()];
                return List.of(new Input.Received(received.from(), present, received.message()));
            }
            return List.of(input);
        }
    },

    /** The largest id wins the election, and the new leader does not compare histories. */
    HISTORIES_NOT_COMPARED {
        @Override
        Turn turn(SimNode node, Turn turn) {
            return rewritten(turn, message -> {
                if (message instanceof PeerMessage.Notification told && !told.established()) {
                    Vote unbeaten = new Vote(told.vote().candidate(), new Epoch(Integer.MAX_VALUE), Zxid.ZERO);
                    return new PeerMessage.Notification(told.role(), false, told.round(), unbeaten);
                }
                return message instanceof PeerMessage.AckEpoch ack
                        ? new PeerMessage.AckEpoch(ack.epoch(), ack.counts(), Epoch.NONE, ack.last())
                        : message;
            });
        }
    },

    /** An epoch may be promised twice, to two leaders. */
    PROMISED_TWICE {
        @Override
        Turn turn(SimNode node, Turn turn) {
            return rewritten(turn, message -> {
                if (message instanceof PeerMessage.FollowerInfo info) {
                    return new PeerMessage.FollowerInfo(info.session(), Epoch.NONE);
                }
                if (message instanceof PeerMessage.AckEpoch ack) {
                    return new PeerMessage.AckEpoch(ack.epoch(), true, ack.current(), ack.last());
                }
                return message;
            });
        }
    },

    /** At a restart the whole log is taken for committed. */
    LOG_TAKEN_FOR_COMMITTED {
        @Override
        Recovered recovered(Recovered recovered, SimApp app) {
            for (Proposal proposal : recovered.log()) {
                app.apply(proposal.zxid(), proposal.txn());
            }
            return new Recovered(recovered.accepted(), recovered.current(), app.last(), List.of());
        }
    },

    /** A snapshot does not have the state that its zxid stands for. */
    FUZZY_SNAPSHOT {
        @Override
        Turn turn(SimNode node, Turn turn) {
            return rewritten(turn, message -> {
                if (message instanceof PeerMessage.SnapshotPiece piece && piece.index() == 1) {
                    byte[] changed = piece.bytes().array().clone();
                    changed[0]++;
                    return new PeerMessage.SnapshotPiece(piece.at(), 1, Payload.wrap(changed), piece.last());
                }
                return message;
            });
        }
    },

    /** The application gets what it was given already once more after it followed a new leader. */
    DELIVERED_TWICE {
        @Override
        Turn turn(SimNode node, Turn turn) {
            List<Delivery> twice = new ArrayList<>();
            for (Delivery delivery : turn.deliveries()) {
                twice.add(delivery);
                if (delivery instanceof Delivery.Committed committed
                        && committed.zxid().counter() % 100 == 99) {
                    twice.add(committed);
                }
            }
            return new Turn(turn.writes(), turn.sends(), twice);
        }
    };

    /** What the peer is told instead of {@code input}. */
    List<Input> inputs(SimNode node, Input input) {
        return List.of(input);
    }

    /** What comes of its reaction. */
    Turn turn(SimNode node, Turn turn) {
        return turn;
    }

    /** What it is told in addition, after its reaction was carried out. */
    List<Input> after(SimNode node, Turn turn) {
        return List.of();
    }

    /** Whether the disk forgets the write, and reports it as written. */
    boolean losesWrite(Write write, SimDisk disk) {
        return false;
    }

    /** Whether it says nothing when what it held back must go. */
    boolean losesReleased() {
        return false;
    }

    /** Whether the message goes without what is held back for its receiver. */
    boolean overtakesHeld(PeerMessage message) {
        return false;
    }

    /** What it is told that its disk holds. */
    Recovered recovered(Recovered recovered, SimApp app) {
        return recovered;
    }

    private static List<Input> lieAboutDurability(Turn turn, Class<? extends Write> kind) {
        long token = 0;
        for (Write write : turn.writes()) {
            if (kind.isInstance(write)) {
                token = write.token();
            }
        }
        return token == 0 ? List.of() : List.of(new Input.Written(token));
    }

    private static Turn rewritten(Turn turn, UnaryOperator<PeerMessage> rewrite) {
        List<Send> sends = new ArrayList<>();
        for (Send send : turn.sends()) {
            sends.add(new Send(send.to(), send.generation(), rewrite.apply(send.message())));
        }
        return new Turn(turn.writes(), sends, turn.deliveries());
    }
}
