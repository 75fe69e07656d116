---------------------------- MODULE CommitPoint ----------------------------
(***************************************************************************)
(* A commit point: one branch's own local transaction decides, by a row    *)
(* that it inserts as it commits. See dev.assent.tx.protocol.commitpoint.  *)
(*                                                                         *)
(* One transaction: the commit point, in whose database the rows are, and  *)
(* the other branches, which prepare. There is no decision in the store;   *)
(* it only fences the coordinator's epoch. As in TwoPhaseCommit whoever is *)
(* fenced goes on not knowing it, messages only grow, and there is no      *)
(* clock. Read-only branches leave before and are left out.                *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS
  RM,           \* the branches other than the commit point
  Recoverers,
  Clauses

VARIABLES
  dropped,
  rm,           \* the others
  point,        \* the commit point's transaction: open, committed or aborted
  assigned,     \* whether that has a transaction id
  row,          \* what is committed in the table under the transaction's key
  rowIsLater,   \* the row's transaction id is later than the commit point's: that one was assigned before
  replies,      \* who has voted yes, heard or not
  voted, coord,
  flying,       \* the commit point was told to commit, and that may still arrive
  answer,       \* its answer
  found,        \* what the coordinator has found, on its way back: a row, or how its epoch stands
  told, prepares, commits, rollbacks,
  epoch,
  rec, gc

vars == <<dropped, rm, replies, point, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
          rollbacks, epoch, rec, gc>>

Holds(clause) == dropped # clause

Idle == [pc |-> "idle", b |-> "-"]
NoGc == [pc |-> "idle", absent |-> {}]

Init ==
  /\ dropped \in Clauses \cup {"none"}
  /\ rm = [b \in RM |-> "working"]
  /\ point = "open" /\ assigned = FALSE
  /\ row = "none" /\ rowIsLater = FALSE
  /\ replies = {} /\ voted = {} /\ coord = "working" /\ flying = FALSE /\ answer = "none" /\ found = "?"
  /\ told = "nothing"
  /\ prepares = {} /\ commits = {} /\ rollbacks = {}
  /\ epoch = "live"
  /\ rec = [r \in Recoverers |-> Idle]
  /\ gc = NoGc

-----------------------------------------------------------------------------
(* The other branches. *)

Prepare(b) ==
  /\ b \in prepares /\ rm[b] = "working"
  /\ rm' = [rm EXCEPT ![b] = "prepared"]
  /\ replies' = replies \cup {b}
  /\ UNCHANGED <<dropped, point, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec, gc>>

Fail(b) ==
  /\ rm[b] = "working"
  /\ rm' = [rm EXCEPT ![b] = "aborted"]
  /\ UNCHANGED <<dropped, replies, point, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec, gc>>

Commit(b) ==
  /\ b \in commits /\ rm[b] = "prepared"
  /\ rm' = [rm EXCEPT ![b] = "committed"]
  /\ UNCHANGED <<dropped, replies, point, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec, gc>>

Rollback(b) ==
  /\ b \in rollbacks /\ rm[b] \in {"working", "prepared"}
  /\ rm' = [rm EXCEPT ![b] = "aborted"]
  /\ UNCHANGED <<dropped, replies, point, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec, gc>>

-----------------------------------------------------------------------------
(* The commit point. The unique index lets nobody past an insert that is not decided yet: each is one step. *)

(* Its work writes; there is none once the coordinator asks the others, who may only believe that there was. *)
Assign ==
  /\ point = "open" /\ ~assigned
  /\ prepares = {}
  /\ assigned' = TRUE
  /\ UNCHANGED <<dropped, replies, rm, point, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec, gc>>

(* Its connection is gone, or it is rolled back. *)
PointFails ==
  /\ point = "open"
  /\ point' = "aborted"
  /\ UNCHANGED <<dropped, replies, rm, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec, gc>>

CommitThrough ==
  /\ flying
  /\ flying' = FALSE
  /\ IF point # "open"
       THEN answer' = "refused" /\ UNCHANGED <<point, row, rowIsLater, assigned>>
     ELSE IF ~assigned /\ Holds("the row is refused to work without an id")
       THEN answer' = "refused" /\ point' = "aborted" /\ UNCHANGED <<row, rowIsLater, assigned>>
     ELSE IF row # "none"
       THEN answer' = "aborted" /\ point' = "aborted" /\ UNCHANGED <<row, rowIsLater, assigned>>
     ELSE answer' = "committed" /\ point' = "committed" /\ row' = "COMMIT" /\ rowIsLater' = FALSE /\ assigned' = TRUE
  /\ UNCHANGED <<dropped, replies, rm, voted, coord, found, told, prepares, commits, rollbacks, epoch, rec, gc>>

InsertAbort ==
  IF row = "none" THEN row' = "ABORT" /\ rowIsLater' = assigned ELSE UNCHANGED <<row, rowIsLater>>

-----------------------------------------------------------------------------
(* The coordinator. *)

Enter(phase) ==
  /\ coord' = phase
  /\ prepares' = IF phase = "voting" THEN RM ELSE prepares
  /\ commits' = IF phase = "committing" THEN RM ELSE commits
  /\ rollbacks' = IF phase = "aborting" THEN RM ELSE rollbacks
  /\ told' = CASE phase = "committing" -> "committed" [] phase = "aborting" -> "rolledback" [] OTHER -> told

Ask ==
  /\ coord = "working"
  /\ Enter("voting")
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, flying, answer, found, epoch, rec, gc>>

Voted(b) ==
  /\ coord = "voting" /\ b \in replies \ voted
  /\ voted' = voted \cup {b}
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec, gc>>

(* A no, a vote that is lost, the caller's wish, or the deadline. *)
GiveUp ==
  /\ coord \in {"working", "voting"}
  /\ Enter("aborting")
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, flying, answer, found, epoch, rec, gc>>

Decide ==
  /\ coord = "voting"
  /\ voted # {} /\ (Holds("all have voted") => voted = RM)
  /\ Enter("deciding") /\ flying' = TRUE
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, answer, found, epoch, rec, gc>>

Answered ==
  /\ coord = "deciding" /\ answer # "none"
  /\ Enter(IF answer = "committed" THEN "committing" ELSE "aborting")
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, flying, answer, found, epoch, rec, gc>>

(* Its commit may still arrive. *)
LoseAnswer ==
  /\ coord = "deciding"
  /\ Enter("finding out")
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, flying, answer, found, epoch, rec, gc>>

(* As anybody who terminates. *)
FindOut ==
  /\ coord = "finding out" /\ found = "?"
  /\ IF Holds("a lost answer is found out by inserting")
       THEN InsertAbort
       ELSE UNCHANGED <<row, rowIsLater>>
  /\ found' = IF row = "COMMIT" THEN "COMMIT" ELSE "ABORT"
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, voted, coord, flying, answer, told, prepares, commits, rollbacks,
                 epoch, rec, gc>>

RowFound ==
  /\ coord = "finding out" /\ found # "?"
  /\ Enter(IF found = "COMMIT" THEN "committing" ELSE "looking")
  /\ found' = "?"
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, flying, answer, epoch, rec, gc>>

LookAtEpoch ==
  /\ coord = "looking" /\ found = "?"
  /\ found' = epoch
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, coord, flying, answer, told, prepares,
                 commits, rollbacks, epoch, rec, gc>>

EpochLooked ==
  /\ coord = "looking" /\ found # "?"
  /\ Enter(IF found = "fenced" /\ Holds("ABORT proves nothing once fenced") THEN "indoubt" ELSE "aborting")
  /\ found' = "?"
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, flying, answer, epoch, rec, gc>>

(* It asks again. *)
NotTold ==
  /\ coord \in {"finding out", "looking"}
  /\ found' = "?"
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, coord, flying, answer, told, prepares,
                 commits, rollbacks, epoch, rec, gc>>

Release ==
  /\ coord = "committing" /\ row = "COMMIT"
  /\ Holds("deleted after all have ended") => \A b \in RM : rm[b] # "prepared"
  /\ row' = "none"
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec, gc>>

-----------------------------------------------------------------------------
(* Recovery: whoever finds a branch prepared inserts ABORT and obeys what is there. *)

Fence ==
  /\ epoch = "live" /\ epoch' = "fenced"
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, rec, gc>>

Scan(r, b) ==
  /\ rec[r].pc = "idle" /\ rm[b] = "prepared"
  /\ rec' = [rec EXCEPT ![r] = [pc |-> "act", b |-> b]]
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, gc>>

Terminate(r) ==
  /\ rec[r].pc = "act"
  /\ IF Holds("a terminator inserts, it does not look") THEN InsertAbort ELSE UNCHANGED <<row, rowIsLater>>
  /\ commits' = IF row = "COMMIT" THEN commits \cup {rec[r].b} ELSE commits
  /\ rollbacks' = IF row = "COMMIT" THEN rollbacks ELSE rollbacks \cup {rec[r].b}
  /\ rec' = [rec EXCEPT ![r] = Idle]
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, voted, coord, flying, answer, found, told, prepares, epoch, gc>>

-----------------------------------------------------------------------------
(* Collection. *)

GcRead ==
  /\ gc.pc = "idle" /\ row = "COMMIT"
  /\ epoch = "fenced" \/ ~Holds("COMMIT is kept while the epoch lives")
  /\ gc' = [gc EXCEPT !.pc = "asked"]
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec>>

GcScan(b) ==
  /\ gc.pc = "asked" \/ ~Holds("scanned after the row was read")
  /\ rm[b] # "prepared" /\ b \notin gc.absent
  /\ gc' = [gc EXCEPT !.absent = @ \cup {b}]
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, row, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec>>

GcDelete ==
  /\ gc.pc = "asked" /\ row = "COMMIT" /\ gc.absent = RM
  /\ row' = "none" /\ gc' = NoGc
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec>>

(* The oldest transaction that runs is later than the row's: so the commit point's is over, if it was there before. *)
GcDeleteAbort ==
  /\ row = "ABORT"
  /\ Holds("ABORT is kept until all older transactions are over") /\ rowIsLater => point # "open"
  /\ row' = "none"
  /\ UNCHANGED <<dropped, replies, rm, point, assigned, rowIsLater, voted, coord, flying, answer, found, told, prepares, commits,
                 rollbacks, epoch, rec, gc>>

-----------------------------------------------------------------------------

Next ==
  \/ Assign \/ PointFails \/ CommitThrough
  \/ Ask \/ GiveUp \/ Decide \/ Answered \/ LoseAnswer \/ FindOut \/ RowFound \/ LookAtEpoch \/ EpochLooked
  \/ NotTold \/ Release
  \/ Fence \/ GcRead \/ GcDelete \/ GcDeleteAbort
  \/ \E b \in RM : Prepare(b) \/ Fail(b) \/ Commit(b) \/ Rollback(b) \/ Voted(b) \/ GcScan(b)
  \/ \E r \in Recoverers : Terminate(r) \/ \E b \in RM : Scan(r, b)

Spec == Init /\ [][Next]_vars

OneOutcome ==
  /\ ~\E a, b \in RM : rm[a] = "committed" /\ rm[b] = "aborted"
  /\ point = "committed" => \A b \in RM : rm[b] # "aborted"
  /\ (\E b \in RM : rm[b] = "committed") => point = "committed"
ToldTheTruth ==
  /\ told = "committed" => point = "committed" /\ \A b \in RM : rm[b] # "aborted"
  /\ told = "rolledback" => point # "committed" /\ \A b \in RM : rm[b] # "committed"

Safe == OneOutcome /\ ToldTheTruth

=============================================================================
