--------------------------- MODULE SagaStepsCheck ---------------------------
(* SagaSteps with two steps and two executors, and each of its clauses dropped once. *)
EXTENDS SagaSteps, Watch

Dropped == <<
  "an entry checks the epoch",
  "the log is read after the claim",
  "a stage is recorded before it is called",
  "what is not answered is not done",
  "turning back is recorded before compensations",
  "what was started is compensated, done or not",
  "the later stage is compensated first",
  "a compensation refuses an action that comes later",
  "the called keeps keys" >>

ASSUME Prepared(Dropped)

ClausesOf == {Dropped[i] : i \in 1..Len(Dropped)}
SafeUnlessDropped == Note(Dropped, dropped, Safe)
Bounded == Worth(Dropped, dropped, Safe)
Alike == Permutations(Executors)
=============================================================================
