-------------------------- MODULE CommitPointCheck --------------------------
(* CommitPoint with two branches beside it, and each of its clauses dropped once. *)
EXTENDS CommitPoint, Watch

Dropped == <<
  "all have voted",
  "a terminator inserts, it does not look",
  "a lost answer is found out by inserting",
  "ABORT proves nothing once fenced",
  "COMMIT is kept while the epoch lives",
  "deleted after all have ended",
  "scanned after the row was read",
  "ABORT is kept until all older transactions are over",
  "the row is refused to work without an id" >>

ASSUME Prepared(Dropped)

ClausesOf == {Dropped[i] : i \in 1..Len(Dropped)}
SafeUnlessDropped == Note(Dropped, dropped, Safe)
Bounded == Worth(Dropped, dropped, Safe)
Alike == Permutations(RM)
=============================================================================
