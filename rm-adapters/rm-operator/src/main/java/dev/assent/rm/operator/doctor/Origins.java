package dev.assent.rm.operator.doctor;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells by a gid who made it. A format id alone is enough to name the product, as each has its own; what else is read
 * from the bytes is told only when they have the product's layout:
 *
 * <p>Atomikos: gtrid = unique name, 13 digits of milliseconds, 5 of a counter. Narayana: gtrid = a uid of 28 bytes and
 * the node's name. Bitronix: gtrid = server id, 8 bytes of milliseconds, 4 of a sequence. Seata: gtrid =
 * {@code address:port:number}, bqual = {@code -number}. Logical replication: {@code pg_gid_subscription_xid}.
 */
public final class Origins {
    /** "ATOM". */
    static final int ATOMIKOS = 0x41544F4D;
    /** Narayana's JTA. */
    static final int NARAYANA = 131_077;
    /** Narayana's JTS, and JTA on top of it. */
    static final int NARAYANA_JTS = 131_072;

    static final int NARAYANA_JTA_OVER_JTS = 131_080;
    /** "Btnx". */
    static final int BITRONIX = 0x42746E78;

    static final int SEATA = 9_752;

    private static final int NARAYANA_UID_BYTES = 28;
    private static final int BITRONIX_TAIL_BYTES = Long.BYTES + Integer.BYTES;
    private static final Pattern ATOMIKOS_ID = Pattern.compile("(.*?)(\\d{13})\\d{5}", Pattern.DOTALL);
    private static final Pattern SUBSCRIPTION = Pattern.compile("pg_gid_(\\d{1,10})_(\\d{1,10})");

    private Origins() {}

    public static Origin of(String gid) {
        Matcher subscription = SUBSCRIPTION.matcher(gid);
        if (subscription.matches()) {
            return new Origin.Subscription(subscription.group(1), subscription.group(2));
        }
        Optional<XaGid> xid = XaGid.parse(gid);
        return xid.map(Origins::of).orElseGet(Origin.NoXa::new);
    }

    private static Origin of(XaGid xid) {
        return switch (xid.formatId()) {
            case BranchId.FORMAT_ID -> ours(xid);
            case ATOMIKOS -> atomikos(text(xid.gtrid()));
            case NARAYANA, NARAYANA_JTS, NARAYANA_JTA_OVER_JTS -> narayana(xid.gtrid());
            case BITRONIX -> bitronix(xid.gtrid());
            case SEATA -> seata(text(xid.gtrid()), text(xid.bqual()));
            default -> new Origin.OtherXa(xid.formatId());
        };
    }

    private static Origin ours(XaGid xid) {
        try {
            return new Origin.Ours(GlobalTxId.fromBytes(xid.gtrid()), BranchName.fromBytes(xid.bqual()));
        } catch (IllegalArgumentException other) {
            return new Origin.OursUnreadable(String.valueOf(other.getMessage()));
        }
    }

    private static Origin atomikos(String gtrid) {
        Matcher match = ATOMIKOS_ID.matcher(gtrid);
        return match.matches()
                ? new Origin.Atomikos(match.group(1), gtrid, Long.parseLong(match.group(2)))
                : new Origin.Atomikos("", gtrid, -1);
    }

    private static Origin narayana(byte[] gtrid) {
        if (gtrid.length < NARAYANA_UID_BYTES) {
            return new Origin.Narayana("", HexFormat.of().formatHex(gtrid));
        }
        ByteBuffer uid = ByteBuffer.wrap(gtrid);
        // As its object store and its logs spell it: address, process, seconds and a counter.
        String spelled = Long.toHexString(uid.getLong(0)) + ":" + Long.toHexString(uid.getLong(8)) + ":"
                + Integer.toHexString(uid.getInt(16)) + ":" + Integer.toHexString(uid.getInt(20)) + ":"
                + Integer.toHexString(uid.getInt(24));
        return new Origin.Narayana(
                new String(gtrid, NARAYANA_UID_BYTES, gtrid.length - NARAYANA_UID_BYTES, StandardCharsets.UTF_8),
                spelled);
    }

    private static Origin bitronix(byte[] gtrid) {
        int server = gtrid.length - BITRONIX_TAIL_BYTES;
        return server < 0
                ? new Origin.Bitronix("", -1)
                : new Origin.Bitronix(
                        new String(gtrid, 0, server, StandardCharsets.UTF_8),
                        ByteBuffer.wrap(gtrid).getLong(server));
    }

    private static Origin seata(String gtrid, String bqual) {
        return new Origin.Seata(gtrid, bqual.startsWith("-") ? bqual.substring(1) : bqual);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
