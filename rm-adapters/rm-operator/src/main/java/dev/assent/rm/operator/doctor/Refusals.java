package dev.assent.rm.operator.doctor;

import java.sql.SQLException;

/** Why a database could not be asked, with the remedy. */
public final class Refusals {
    private Refusals() {}

    public static String explain(DatabaseAddress address, SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        return address.shown() + ": "
                + Quoting.shown(String.valueOf(failed.getMessage()).replace('\n', ' ')) + " (" + remedy(state) + ")";
    }

    private static String remedy(String state) {
        return switch (state) {
            case "28P01", "28000" -> "give --user, and the password in PGPASSWORD or --password-file";
            case "3D000" -> "there is no such database: name another one of that server in the URL";
            case "42501" -> "only who prepared it, or a superuser, may end it: give that --user";
            case "53300" -> "all connections are taken: use a superuser, for whom some are kept";
            case "57014" -> "it took longer than --timeout";
            case "57P03" -> "the server starts or stops: try again";
            default ->
                state.startsWith("08")
                        ? "is the server there, and does it answer? see host, port and --timeout"
                        : "SQLSTATE " + state;
        };
    }
}
