package dev.assent.coordination.sim;

/** What all servers of one run share. */
record World(Timeline timeline, SimNetwork network, Properties properties, Coverage coverage, PlantedBug bug) {}
