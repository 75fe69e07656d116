package dev.assent.security;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the one certificate of the moment. An alias names the generation, so that a handshake takes chain and key from the
 * same one although the files change in between.
 */
final class CurrentKey extends X509ExtendedKeyManager {
    private final Supplier<Security.Held> held;

    CurrentKey(Supplier<Security.Held> held) {
        this.held = held;
    }

    private @Nullable String choose(String... keyTypes) {
        Security.Held now = held.get();
        String algorithm = now.credentials().key().getAlgorithm();
        return Arrays.asList(keyTypes).contains(algorithm) ? now.alias() : null;
    }

    private String @Nullable [] all(String keyType) {
        String chosen = choose(keyType);
        return chosen == null ? null : new String[] {chosen};
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return all(keyType);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return all(keyType);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Optional<Credentials> credentials = held.get().under(alias);
        return credentials.isEmpty() ? null : credentials.get().chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Optional<Credentials> credentials = held.get().under(alias);
        return credentials.isEmpty() ? null : credentials.get().key();
    }
}
