package dev.assent.admin.login;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The token of a process for which nobody has set up tokens: it lies in a file that only the process' own user may read,
 * so that to reach the port is not enough to act.
 */
public final class OperatorToken {
    /** What stands in the audit log for its owner. */
    public static final String NAME = "operator";

    private OperatorToken() {}

    /**
     * Makes the file, or reads the one that is there.
     *
     * @throws IOException it cannot be made, read, or is not for its owner alone; the message names it
     */
    public static TokenLine prepare(Path file) throws IOException {
        if (!Files.exists(file)) {
            SecretFile.create(file, Token.fresh(new SecureRandom()).secret() + "\n");
        }
        String secret = SecretFile.read(file).strip();
        if (!Token.isWellFormed(secret)) {
            throw new IOException(file + " holds no token: delete it, and a new one is made at the next start");
        }
        return new TokenLine(NAME, AdminRole.OPERATE, Token.sha256(secret));
    }
}
