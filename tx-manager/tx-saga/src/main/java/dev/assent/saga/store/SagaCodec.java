package dev.assent.saga.store;

import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaPlan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of headers and entries: a version, then the fields one after the other, texts with their length before them.
 * Reading allocates no more than there are bytes.
 */
final class SagaCodec {
    private static final int VERSION = 1;
    private static final int EVENTS_MAX = 2 * SagaPlan.STEPS_MAX;

    private static final int STAGE_STARTED = 1;
    private static final int STEP_DONE = 2;
    private static final int COMPENSATION_STARTED = 3;
    private static final int STEP_COMPENSATED = 4;
    private static final int STEP_TROUBLED = 5;
    private static final int COMPLETED = 6;
    private static final int COMPENSATED = 7;

    private SagaCodec() {}

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text of " + length + " bytes where " + in.available() + " are left");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static DataInputStream reading(byte[] data) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(data));
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("version " + version + ", not " + VERSION);
        }
        return in;
    }

    // ---- headers

    static byte[] header(SagaHeader header) {
        return bytes(out -> {
            text(out, header.name());
            out.writeInt(header.version());
            text(out, header.input());
            out.writeLong(header.createdMillis());
            out.writeLong(header.deadlineMillis());
            out.writeByte(header.shape().size());
            for (List<String> stage : header.shape()) {
                out.writeByte(stage.size());
                for (String step : stage) {
                    text(out, step);
                }
            }
        });
    }

    /**
     * What {@link #header} wrote.
     *
     * @throws IOException it was not
     */
    static SagaHeader header(SagaId saga, byte[] data) throws IOException {
        DataInputStream in = reading(data);
        String name = text(in);
        int version = in.readInt();
        String input = text(in);
        long created = in.readLong();
        long deadline = in.readLong();
        List<List<String>> shape = new ArrayList<>();
        for (int stages = in.readUnsignedByte(); stages > 0; stages--) {
            List<String> stage = new ArrayList<>();
            for (int steps = in.readUnsignedByte(); steps > 0; steps--) {
                stage.add(text(in));
            }
            shape.add(stage);
        }
        return new SagaHeader(saga, name, version, input, created, deadline, shape);
    }

    // ---- entries

    static byte[] entry(SagaEntry entry) {
        return bytes(out -> {
            out.writeInt(entry.number());
            out.writeInt(entry.epoch());
            out.writeLong(entry.atMillis());
            out.writeShort(entry.events().size());
            for (SagaEvent event : entry.events()) {
                event.accept(new EventWriting()).to(out);
            }
        });
    }

    private static final class EventWriting implements SagaEvent.Handler<Writing> {
        @Override
        public Writing stageStarted(SagaEvent.StageStarted event) {
            return out -> {
                out.writeByte(STAGE_STARTED);
                out.writeInt(event.stage());
            };
        }

        @Override
        public Writing stepDone(SagaEvent.StepDone event) {
            return out -> {
                out.writeByte(STEP_DONE);
                text(out, event.step());
                text(out, event.result());
            };
        }

        @Override
        public Writing compensationStarted(SagaEvent.CompensationStarted event) {
            return out -> {
                out.writeByte(COMPENSATION_STARTED);
                text(out, event.cause());
            };
        }

        @Override
        public Writing stepCompensated(SagaEvent.StepCompensated event) {
            return out -> {
                out.writeByte(STEP_COMPENSATED);
                text(out, event.step());
            };
        }

        @Override
        public Writing stepTroubled(SagaEvent.StepTroubled event) {
            return out -> {
                out.writeByte(STEP_TROUBLED);
                text(out, event.step());
                out.writeInt(event.attempts());
                text(out, event.cause());
            };
        }

        @Override
        public Writing ended(SagaEvent.Ended event) {
            return out -> out.writeByte(event.outcome() == SagaOutcome.COMPLETED ? COMPLETED : COMPENSATED);
        }
    }

    /**
     * What {@link #entry(SagaEntry)} wrote.
     *
     * @throws IOException it was not
     */
    static SagaEntry entry(byte[] data) throws IOException {
        DataInputStream in = reading(data);
        int number = in.readInt();
        int epoch = in.readInt();
        long at = in.readLong();
        int count = in.readUnsignedShort();
        if (count < 1 || count > EVENTS_MAX || number < 0 || number >= SagaEntry.ENTRIES_MAX) {
            throw new IOException("entry " + number + " with " + count + " events");
        }
        List<SagaEvent> events = new ArrayList<>();
        for (; count > 0; count--) {
            events.add(event(in));
        }
        return new SagaEntry(number, epoch, at, events);
    }

    private static SagaEvent event(DataInputStream in) throws IOException {
        int kind = in.readUnsignedByte();
        return switch (kind) {
            case STAGE_STARTED -> new SagaEvent.StageStarted(in.readInt());
            case STEP_DONE -> new SagaEvent.StepDone(text(in), text(in));
            case COMPENSATION_STARTED -> new SagaEvent.CompensationStarted(text(in));
            case STEP_COMPENSATED -> new SagaEvent.StepCompensated(text(in));
            case STEP_TROUBLED -> new SagaEvent.StepTroubled(text(in), in.readInt(), text(in));
            case COMPLETED -> new SagaEvent.Ended(SagaOutcome.COMPLETED);
            case COMPENSATED -> new SagaEvent.Ended(SagaOutcome.COMPENSATED);
            default -> throw new IOException("an event of kind " + kind);
        };
    }
}
