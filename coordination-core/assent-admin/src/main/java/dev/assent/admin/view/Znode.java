package dev.assent.admin.view;

import java.util.List;
import java.util.Optional;

/**
 * A znode.
 *
 * @param text its data, where they read as text in UTF-8
 * @param base64 its data, where they do not
 * @param dataCut whether there are more than are shown
 * @param watches absent where no server of the store is in this process
 * @param children some of their names, in order, from the one after that was asked for
 * @param next where the next page begins; absent on the last one
 */
public record Znode(
        String path,
        Optional<String> text,
        Optional<String> base64,
        boolean dataCut,
        ZnodeStat stat,
        List<ZnodeAcl> acl,
        Optional<ZnodeWatches> watches,
        List<String> children,
        Optional<String> next) {
    public Znode {
        acl = List.copyOf(acl);
        children = List.copyOf(children);
    }
}
