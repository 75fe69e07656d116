------------------------ MODULE TwoPhaseCommitCheck ------------------------
(* TwoPhaseCommit with two branches that write, and each of its clauses dropped once. *)
EXTENDS TwoPhaseCommit, Watch

CONSTANT MarkMax  \* deletions that are looked at

Dropped == <<
  "all have voted",
  "told once it is durable",
  "the epoch is checked",
  "not answered is unknown",
  "fenced, then read",
  "presumed only when fenced",
  "abort checks the mark",
  "the mark is read before the scan",
  "deleting moves the mark",
  "deleted after all have ended",
  "scanned after the record was read",
  "ABORT is kept while the epoch lives" >>

ASSUME Prepared(Dropped)

ClausesOf == {Dropped[i] : i \in 1..Len(Dropped)}
SafeUnlessDropped == Note(Dropped, dropped, Safe)
Bounded == mark <= MarkMax /\ Worth(Dropped, dropped, Safe)
Alike == Permutations(RM)
=============================================================================
