package dev.assent.coordination.jute;

/** What a request asks for, with ZooKeeper's number for it. */
public enum OpCode {
    CREATE(1),
    DELETE(2),
    EXISTS(3),
    GET_DATA(4),
    SET_DATA(5),
    GET_ACL(6),
    SET_ACL(7),
    GET_CHILDREN(8),
    SYNC(9),
    PING(11),
    GET_CHILDREN2(12),
    CHECK(13),
    MULTI(14),
    CREATE2(15),
    RECONFIG(16),
    CHECK_WATCHES(17),
    REMOVE_WATCHES(18),
    CREATE_CONTAINER(19),
    DELETE_CONTAINER(20),
    CREATE_TTL(21),
    MULTI_READ(22),
    AUTH(100),
    SET_WATCHES(101),
    SASL(102),
    GET_EPHEMERALS(103),
    GET_ALL_CHILDREN_NUMBER(104),
    SET_WATCHES2(105),
    ADD_WATCH(106),
    WHO_AM_I(107),
    CREATE_SESSION(-10),
    CLOSE_SESSION(-11),
    /** Any number that is not listed here. */
    UNKNOWN(Integer.MIN_VALUE);

    /** In a multi's reply: this operation failed. In a multi's last header: no more operations. */
    public static final int ERROR_OR_END = -1;

    private static final OpCode[] ALL = values();

    private final int code;

    OpCode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    public static OpCode ofCode(int code) {
        for (OpCode op : ALL) {
            if (op.code == code) {
                return op;
            }
        }
        return UNKNOWN;
    }
}
