package dev.assent.shop.drills.shop;

import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.Fault;
import dev.assent.shop.gray.Preloaded;
import dev.assent.shop.gray.SlowDisk;
import dev.assent.shop.gray.WrongClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The disks and clocks of the shop's processes, which can be made to go wrong by libraries that are preloaded.
 *
 * @param directory of the run
 * @param slowDisk empty where disks cannot be made to stall; {@code wrongClock} likewise
 */
public record ShopMachines(Path directory, Optional<Path> slowDisk, Optional<Path> wrongClock) {
    /** {@code coordination}: an ensemble that runs already; without one of the nodes' own there is no disk of theirs to speak of. */
    public static ShopMachines in(Path directory, Optional<String> coordination)
            throws IOException, InterruptedException {
        Path compiled = directory.resolve("preloaded");
        Optional<Path> slowDisk = coordination.isPresent() ? Optional.empty() : SlowDisk.compileInto(compiled);
        return new ShopMachines(directory, slowDisk, WrongClock.compileInto(compiled));
    }

    /** The words before the command of a process: nodes have disks and clocks that can be made to go wrong, services clocks. */
    public List<String> prefix(ShopLayout layout, String name) {
        List<Path> preloaded = new ArrayList<>();
        if (layout.hasNode(name)) {
            slowDisk.ifPresent(preloaded::add);
        }
        if (!name.equals("relay")) {
            wrongClock.ifPresent(preloaded::add);
        }
        return Preloaded.prefix(preloaded, knobs(name));
    }

    private Path knobs(String process) {
        return directory.resolve("knobs").resolve(process);
    }

    /** For strikes. */
    public ShopStrikes.Machines machines() {
        return new ShopStrikes.Machines(
                node -> new SlowDisk(slowDisk.orElseThrow(), knobs(node)), process -> new WrongClock(knobs(process)));
    }

    /** Why that drill cannot be run with them; empty if it can. */
    public Optional<String> lacks(Drill drill) {
        if (drill.fault() instanceof Fault.Disk && slowDisk.isEmpty()) {
            return Optional.of("a disk is made to stall by a small library: install a C compiler (cc, gcc or clang),"
                    + " and leave the ensemble to the nodes");
        }
        if (drill.fault() instanceof Fault.ClockAhead && wrongClock.isEmpty()) {
            return Optional.of("a clock is put forward by a small library: install a C compiler (cc, gcc or clang)");
        }
        return Optional.empty();
    }
}
