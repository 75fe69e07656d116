package dev.assent.house.planted;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** A command that begins and ends in its own way. */
@Command(name = "planted")
public final class EndsByItself implements Runnable {
    public static void main(String[] arguments) {
        new CommandLine(new EndsByItself()).execute(arguments);
    }

    @Override
    public void run() {}
}
