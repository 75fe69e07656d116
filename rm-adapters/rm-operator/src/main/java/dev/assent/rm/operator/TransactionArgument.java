package dev.assent.rm.operator;

import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.tx.TransactionIds;
import dev.assent.settings.SettingsException;
import dev.assent.tx.model.GlobalTxId;
import picocli.CommandLine.Parameters;

/** The one transaction that a command is about. */
final class TransactionArgument {
    @Parameters(paramLabel = "ID", description = "A gtrid in hexadecimal, a token, or a gid of pg_prepared_xacts.")
    private String id = "";

    GlobalTxId transaction() throws SettingsException {
        return parse(id);
    }

    static GlobalTxId parse(String text) throws SettingsException {
        try {
            return TransactionIds.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new SettingsException(Quoting.shown(text) + ": " + wrong.getMessage(), wrong);
        }
    }
}
