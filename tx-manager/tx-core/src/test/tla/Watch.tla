------------------------------- MODULE Watch -------------------------------
(***************************************************************************)
(* Several specifications in one run of TLC: one in which every clause     *)
(* holds, and one for each clause that is dropped. The first must be safe; *)
(* of the others it is noted that they are not, and they are left alone    *)
(* from then on. One worker only, as the notes are in its registers.       *)
(***************************************************************************)
EXTENDS Naturals, Sequences, TLC

(* The clauses, in an order. *)
Place(clauses, clause) == CHOOSE i \in 1..Len(clauses) : clauses[i] = clause

Prepared(clauses) == \A i \in 1..Len(clauses) : TLCSet(i, 0)

Note(clauses, clause, safe) ==
  \/ safe
  \/ clause # "none" /\ LET i == Place(clauses, clause) IN
       IF TLCGet(i) = 0 THEN TLCSet(i, 1) /\ PrintT(<<"BROKEN", clause, TLCGet("level")>>) ELSE TRUE

Worth(clauses, clause, safe) == clause = "none" \/ (safe /\ TLCGet(Place(clauses, clause)) = 0)
=============================================================================
