package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.spi.Participant;

/** A branch enlisted in this process. */
record Branch(BranchId xid, BranchName name, Participant participant) {}
