package dev.assent.shop.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A local Maven repository with what {@code install} would put there, taken from what the build has just packaged: an
 * installation proper would build again under the tests that run.
 */
final class Installed {
    private static final Set<String> NOT_READ = Set.of("target", "src", ".git", ".mvn", "docs");
    private static final String VERSION = "0.1.0-SNAPSHOT";

    private Installed() {}

    /** Copies the artifacts of {@code checkout} into {@code repository}; answers with their names. */
    static Set<String> into(Path repository, Path checkout) throws IOException {
        try (Stream<Path> poms = Files.find(checkout, 3, (path, attributes) -> path.endsWith("pom.xml"))) {
            List<Path> published = poms.filter(pom -> !isHidden(checkout.relativize(pom)))
                    .filter(pom ->
                            !said(pom, "/project/properties/maven.install.skip").equals("true"))
                    .toList();
            return published.stream().map(pom -> copy(pom, repository)).collect(Collectors.toSet());
        }
    }

    private static boolean isHidden(Path pom) {
        for (Path part : pom) {
            if (NOT_READ.contains(part.toString())) {
                return true;
            }
        }
        return false;
    }

    private static String copy(Path pom, Path repository) {
        String artifact = said(pom, "/project/artifactId");
        Path home = repository.resolve(Path.of("dev", "assent", artifact, VERSION));
        try {
            Files.createDirectories(home);
            Files.copy(pom, home.resolve(artifact + "-" + VERSION + ".pom"));
            if (!said(pom, "/project/packaging").equals("pom")) {
                Path jar = Path.of(artifact + "-" + VERSION + ".jar");
                Files.copy(pom.resolveSibling("target").resolve(jar), home.resolve(jar));
            }
        } catch (IOException e) {
            throw new IllegalStateException(
                    artifact + " is not packaged: run this in a build of all modules, in the phase verify", e);
        }
        return artifact;
    }

    /** The text of an element; empty without one. */
    private static String said(Path pom, String element) {
        try {
            Document document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
            Node node = document;
            for (String name : element.substring(1).split("/", -1)) {
                node = child(node, name);
                if (node == null) {
                    return "";
                }
            }
            return node.getTextContent().strip();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalStateException(pom + " cannot be read", e);
        }
    }

    private static @Nullable Node child(Node parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                return node;
            }
        }
        return null;
    }
}
