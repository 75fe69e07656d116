----------------------- MODULE ThreePhaseCommitCheck -----------------------
(* ThreePhaseCommit with two participants and one node, and each of its clauses dropped once. *)
EXTENDS ThreePhaseCommit, Watch

Dropped == <<
  "all have voted",
  "ballot 0 is never used after abort",
  "a majority decides",
  "a majority has promised",
  "the highest ballot's value is proposed",
  "a ballot proposes once",
  "promises are durable",
  "what is accepted is durable",
  "who has forgotten refuses",
  "nobody decides on a time-out alone" >>

ASSUME Prepared(Dropped)

ClausesOf == {Dropped[i] : i \in 1..Len(Dropped)}
SafeUnlessDropped == Note(Dropped, dropped, Safe)
Bounded == Worth(Dropped, dropped, Safe)
Alike == Permutations(RM)
=============================================================================
