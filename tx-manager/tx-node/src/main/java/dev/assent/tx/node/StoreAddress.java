package dev.assent.tx.node;

import dev.assent.coordination.server.CoordinationServer;
import dev.assent.security.TlsFiles;
import dev.assent.store.StoreTls;
import java.util.Optional;

/** Where a node finds the store, and how it speaks with it. */
record StoreAddress(String connectString, Optional<StoreTls> tls) {

    /**
     * The server in this process: over TLS if it serves that and the node has certificates, though it is no further than
     * this machine, so that the server knows the node by its certificate.
     */
    static StoreAddress of(CoordinationServer embedded, Optional<TlsFiles> node) {
        Optional<String> secure = embedded.secureConnectString();
        return secure.isPresent() && node.isPresent()
                ? new StoreAddress(secure.get(), node.map(StoreTls::of))
                : new StoreAddress(embedded.connectString(), Optional.empty());
    }
}
