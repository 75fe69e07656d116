package dev.assent.tx.remote.acceptor;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import dev.assent.tx.protocol.paxos.Proposal;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.AcceptorLog.Entry;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** An acceptor's entries as bytes: a kind, then the fields, big-endian. */
final class EntryCodec {
    private static final int REGISTER = 1;
    private static final int KEPT = 2;
    private static final int RELEASED = 3;
    private static final int HORIZON = 4;
    private static final int VOTING = 5;
    private static final int FORGOTTEN = 1;
    private static final int PROMISED = 2;
    private static final int ACCEPTED = 4;
    private static final int COMMIT = 1;
    private static final int ABORT = 2;

    private EntryCodec() {}

    static byte[] encode(Entry entry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean unused = entry.accept(new Writer(new DataOutputStream(bytes)));
        return bytes.toByteArray();
    }

    /** One method an entry. */
    private record Writer(DataOutputStream out) implements Entry.Handler<Boolean> {
        private interface Writing {
            void run() throws IOException;
        }

        private static boolean write(Writing writing) {
            try {
                writing.run();
                return true;
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible); // into memory
            }
        }

        @Override
        public Boolean register(Entry.Register entry) {
            return write(() -> {
                PaxosRegister register = entry.register();
                out.writeByte(REGISTER);
                out.write(entry.transaction().toBytes());
                out.writeByte((register.isForgotten() ? FORGOTTEN : 0)
                        | (register.promised().isPresent() ? PROMISED : 0)
                        | (register.accepted().isPresent() ? ACCEPTED : 0));
                if (register.promised().isPresent()) {
                    ballot(register.promised().get());
                }
                if (register.accepted().isPresent()) {
                    Proposal accepted = register.accepted().get();
                    ballot(accepted.ballot());
                    out.writeByte(
                            switch (accepted.value()) {
                                case COMMIT -> COMMIT;
                                case ABORT -> ABORT;
                            });
                }
            });
        }

        private void ballot(Ballot ballot) throws IOException {
            out.writeLong(ballot.round());
            uuid(ballot.proposer().value());
        }

        private void uuid(UUID value) throws IOException {
            out.writeLong(value.getMostSignificantBits());
            out.writeLong(value.getLeastSignificantBits());
        }

        @Override
        public Boolean kept(Entry.Kept entry) {
            return write(() -> {
                out.writeByte(KEPT);
                out.write(entry.transaction().toBytes());
                out.writeByte(entry.acceptors().entries().size());
                for (AcceptorAddresses.Entry each : entry.acceptors().entries()) {
                    uuid(each.acceptor().value());
                    out.writeUTF(each.address());
                }
            });
        }

        @Override
        public Boolean voting(Entry.Voting entry) {
            return write(() -> {
                out.writeByte(VOTING);
                out.write(entry.transaction().toBytes());
                out.writeLong(entry.resource().value());
            });
        }

        @Override
        public Boolean released(Entry.Released entry) {
            return write(() -> {
                out.writeByte(RELEASED);
                out.write(entry.transaction().toBytes());
            });
        }

        @Override
        public Boolean horizon(Entry.Horizon entry) {
            return write(() -> {
                out.writeByte(HORIZON);
                out.writeLong(entry.epochMillis());
            });
        }
    }

    /**
     * The next entry.
     *
     * @throws IOException the bytes are no entry of this format
     */
    static Entry decode(DataInputStream in) throws IOException {
        try {
            int kind = in.readByte();
            return switch (kind) {
                case REGISTER -> new Entry.Register(transaction(in), register(in));
                case KEPT -> new Entry.Kept(transaction(in), addresses(in));
                case VOTING -> new Entry.Voting(transaction(in), new ResourceName.Hash(in.readLong()));
                case RELEASED -> new Entry.Released(transaction(in));
                case HORIZON -> new Entry.Horizon(in.readLong());
                default -> throw new IOException("entry of unknown kind " + kind);
            };
        } catch (IllegalArgumentException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }

    private static GlobalTxId transaction(DataInputStream in) throws IOException {
        byte[] gtrid = new byte[GlobalTxId.BYTES];
        in.readFully(gtrid);
        return GlobalTxId.fromBytes(gtrid);
    }

    private static PaxosRegister register(DataInputStream in) throws IOException {
        int flags = in.readByte();
        Optional<Ballot> promised = (flags & PROMISED) != 0 ? Optional.of(ballot(in)) : Optional.empty();
        Optional<Proposal> accepted =
                (flags & ACCEPTED) != 0 ? Optional.of(new Proposal(ballot(in), decision(in))) : Optional.empty();
        return new PaxosRegister(
                promised,
                accepted,
                (flags & FORGOTTEN) != 0 ? PaxosRegister.Memory.FORGOTTEN : PaxosRegister.Memory.KEPT);
    }

    private static Decision decision(DataInputStream in) throws IOException {
        int value = in.readByte();
        return switch (value) {
            case COMMIT -> Decision.COMMIT;
            case ABORT -> Decision.ABORT;
            default -> throw new IOException("unknown decision " + value);
        };
    }

    private static Ballot ballot(DataInputStream in) throws IOException {
        return new Ballot(in.readLong(), new ProposerId(uuid(in)));
    }

    private static UUID uuid(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    private static AcceptorAddresses addresses(DataInputStream in) throws IOException {
        int count = in.readByte();
        List<AcceptorAddresses.Entry> entries = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            entries.add(new AcceptorAddresses.Entry(new AcceptorId(uuid(in)), in.readUTF()));
        }
        return new AcceptorAddresses(entries);
    }
}
