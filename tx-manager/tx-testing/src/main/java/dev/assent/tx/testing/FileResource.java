package dev.assent.tx.testing;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** A resource whose branches are files: what is prepared survives the process, and any process may end it. */
public final class FileResource implements ResourceManager, Participant {
    private static final String PREPARED = "prepared";
    private static final String COMMITTED = "committed";
    private static final String ROLLED_BACK = "rolledback";

    private final String name;
    private final Path folder;

    public FileResource(String name, Path parent) throws IOException {
        this.name = name;
        this.folder = Files.createDirectories(parent.resolve(name));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt() {
        try {
            return CompletableFuture.completedStage(prepared());
        } catch (IOException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    public List<BranchId> prepared() throws IOException {
        List<BranchId> found = new ArrayList<>();
        for (String file : files()) {
            if (file.endsWith(PREPARED)) {
                String[] parts = file.split("[-.]", -1);
                HexFormat hex = HexFormat.of();
                found.add(new BranchId(BranchId.FORMAT_ID, hex.parseHex(parts[0]), hex.parseHex(parts[1])));
            }
        }
        return found;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> String.valueOf(path.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** How each transaction stands here, by gtrid in hexadecimal. */
    public Map<String, String> states() throws IOException {
        Map<String, String> states = new TreeMap<>();
        for (String file : files()) {
            String[] parts = file.split("[-.]", -1);
            states.put(parts[0], parts[2]);
        }
        return states;
    }

    @Override
    public Participant recoverer() {
        return this;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId branch) {
        return CompletableFuture.completedStage(prepareNow(branch));
    }

    private Vote prepareNow(BranchId branch) {
        try {
            Files.createFile(file(branch, PREPARED));
            return new Vote.Prepared();
        } catch (IOException e) {
            return new Vote.Rollback(e.toString());
        }
    }

    @Override
    public CompletionStage<Completion> commit(BranchId branch) {
        return CompletableFuture.completedStage(end(branch, COMMITTED));
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId branch) {
        return CompletableFuture.completedStage(end(branch, ROLLED_BACK));
    }

    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId branch) {
        return CompletableFuture.completedStage(commitOnePhaseNow(branch));
    }

    private Completion commitOnePhaseNow(BranchId branch) {
        try {
            Files.createFile(file(branch, COMMITTED));
            return new Completion.Done();
        } catch (FileAlreadyExistsException e) {
            return new Completion.Done();
        } catch (IOException e) {
            return new Completion.Retry(e.toString());
        }
    }

    private Completion end(BranchId branch, String state) {
        try {
            Files.move(file(branch, PREPARED), file(branch, state));
            return new Completion.Done();
        } catch (NoSuchFileException e) {
            return new Completion.NotKnown();
        } catch (IOException e) {
            return new Completion.Retry(e.toString());
        }
    }

    private Path file(BranchId branch, String state) {
        HexFormat hex = HexFormat.of();
        return folder.resolve(hex.formatHex(branch.gtrid()) + "-" + hex.formatHex(branch.bqual()) + "." + state);
    }

    @Override
    public CompletionStage<Completion> forget(BranchId branch) {
        return CompletableFuture.completedStage(new Completion.Done());
    }
}
