------------------------- MODULE ThreePhaseCommit -------------------------
(***************************************************************************)
(* Three-phase commit whose decision is a Paxos register: preCommit is     *)
(* phase 2a of ballot 0, its acknowledgement a durable accepted, and a     *)
(* majority of these decides. See dev.assent.tx.protocol.threephase and    *)
(* .paxos.                                                                 *)
(*                                                                         *)
(* Acceptors are the participants' agents and coordinator nodes. Anybody   *)
(* who suspects the coordinator begins a ballot of his own. Messages may   *)
(* be late, repeated or lost; there is no clock.                           *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS
  RM,           \* the participants, acceptors too
  Nodes,        \* coordinator nodes that are acceptors
  BallotMax,    \* ballots 1 to this one are for termination, each somebody's own
  Clauses

Acceptors == RM \cup Nodes
Ballots == 0..BallotMax
None == [bal |-> -1, val |-> "none"]

VARIABLES
  dropped,
  rm,           \* each participant's vote, whenever it gives it: prepared, which lasts until it learns the decision, or refused
  coord,        \* the coordinator's phase; "precommit" once it has used ballot 0
  promised, accepted,   \* of each acceptor, durable
  promises,     \* phase 1b, as sent
  proposed,     \* phase 2a, as sent
  acks          \* phase 2b, as sent

vars == <<dropped, rm, coord, promised, accepted, promises, proposed, acks>>

Holds(clause) == dropped # clause

Majority(set) == 2 * Cardinality(set) > Cardinality(Acceptors)

Init ==
  /\ dropped \in Clauses \cup {"none"}
  \* One that refuses says something of one clause only, besides the whole.
  /\ \/ rm = [b \in RM |-> "prepared"]
     \/ /\ dropped \in {"none", "all have voted"}
        /\ rm \in [RM -> {"prepared", "refused"}] /\ \E b \in RM : rm[b] = "prepared"
  /\ coord = "voting"
  /\ promised = [a \in Acceptors |-> -1]
  /\ accepted = [a \in Acceptors |-> None]
  /\ promises = {} /\ proposed = {} /\ acks = {}

Enough(set) == IF Holds("a majority decides") THEN Majority(set) ELSE set # {}

Chosen(v) == \E n \in Ballots : Enough({a \in Acceptors : <<n, a, v>> \in acks})

(* What somebody may do or be told, now or later: it is enough that both are possible at once. *)
MayCommit ==
  \/ Chosen("COMMIT")
  \/ ~Holds("nobody decides on a time-out alone") /\ \E b \in RM : accepted[b].val = "COMMIT"
MayAbort ==
  \/ Chosen("ABORT") \/ coord = "aborted" \/ \E b \in RM : rm[b] = "refused"
  \/ ~Holds("nobody decides on a time-out alone") /\ \E b \in RM : rm[b] = "prepared" /\ accepted[b].val = "none"

-----------------------------------------------------------------------------
(* The coordinator. *)

(* Without having used ballot 0 it may say abort by itself: nobody else can ever propose COMMIT then. *)
GiveUp ==
  /\ coord = "voting"
  /\ coord' = "aborted"
  /\ UNCHANGED <<dropped, rm, promised, accepted, promises, proposed, acks>>

PreCommit ==
  /\ coord = "voting" \/ (coord = "aborted" /\ ~Holds("ballot 0 is never used after abort"))
  /\ \E b \in RM : rm[b] = "prepared"
  /\ Holds("all have voted") => \A b \in RM : rm[b] = "prepared"
  /\ coord' = IF coord = "voting" THEN "precommit" ELSE coord
  /\ <<0, "COMMIT">> \notin proposed
  /\ proposed' = proposed \cup {<<0, "COMMIT">>}
  /\ UNCHANGED <<dropped, rm, promised, accepted, promises, acks>>

-----------------------------------------------------------------------------
(* Acceptors. *)

Promise(a, n) ==
  /\ n > 0 /\ n > promised[a]
  /\ promised' = [promised EXCEPT ![a] = n]
  /\ promises' = promises \cup {<<n, a, accepted[a]>>}
  /\ UNCHANGED <<dropped, rm, coord, accepted, proposed, acks>>

Accept(a, n, v) ==
  /\ <<n, v>> \in proposed /\ n >= promised[a]
  /\ <<n, a, v>> \notin acks
  /\ promised' = [promised EXCEPT ![a] = n]
  /\ accepted' = [accepted EXCEPT ![a] = [bal |-> n, val |-> v]]
  /\ acks' = acks \cup {<<n, a, v>>}
  /\ UNCHANGED <<dropped, rm, coord, promises, proposed>>

(* What a restart would lose if it were not durable. *)
Restart(a) ==
  \/ /\ ~Holds("promises are durable") /\ promised[a] # accepted[a].bal
     /\ promised' = [promised EXCEPT ![a] = accepted[a].bal]
     /\ UNCHANGED <<dropped, rm, coord, accepted, promises, proposed, acks>>
  \/ /\ ~Holds("what is accepted is durable") /\ accepted[a] # None
     /\ accepted' = [accepted EXCEPT ![a] = None]
     /\ UNCHANGED <<dropped, rm, coord, promised, promises, proposed, acks>>

(* Whoever lets the transaction go refuses from then on, which is as if it did not answer; without that clause it *)
(* answers as if it never knew. *)
Forget(a) ==
  /\ ~Holds("who has forgotten refuses")
  /\ Chosen("COMMIT") \/ Chosen("ABORT")
  /\ accepted[a] # None
  /\ promised' = [promised EXCEPT ![a] = -1]
  /\ accepted' = [accepted EXCEPT ![a] = None]
  /\ UNCHANGED <<dropped, rm, coord, promises, proposed, acks>>

-----------------------------------------------------------------------------
(* Termination: anybody, with a ballot that is his alone. *)

Answers(n) == {p \in promises : p[1] = n}

Value(answers) ==
  LET given == {p[3] : p \in answers} \ {None} IN
  IF given = {} THEN "ABORT"
  ELSE IF Holds("the highest ballot's value is proposed")
    THEN (CHOOSE g \in given : \A other \in given : g.bal >= other.bal).val
  ELSE IF \E g \in given : g.val = "COMMIT" THEN "COMMIT" ELSE "ABORT"

Propose(n) ==
  /\ n > 0
  /\ Holds("a ballot proposes once") => ~\E v \in {"COMMIT", "ABORT"} : <<n, v>> \in proposed
  /\ \E answers \in SUBSET Answers(n) :
       /\ IF Holds("a majority has promised") THEN Majority({p[2] : p \in answers}) ELSE answers # {}
       /\ <<n, Value(answers)>> \notin proposed
       /\ proposed' = proposed \cup {<<n, Value(answers)>>}
  /\ UNCHANGED <<dropped, rm, coord, promised, accepted, promises, acks>>

-----------------------------------------------------------------------------

Next ==
  \/ GiveUp \/ PreCommit
  \/ \E a \in Acceptors : Restart(a) \/ Forget(a)
  \/ \E a \in Acceptors, n \in Ballots : Promise(a, n) \/ \E v \in {"COMMIT", "ABORT"} : Accept(a, n, v)
  \/ \E n \in Ballots : Propose(n)

Spec == Init /\ [][Next]_vars

(* One decision, obeyed by all and told to the caller. *)
Safe == ~(MayCommit /\ MayAbort)

=============================================================================
