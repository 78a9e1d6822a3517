"""Records: what is stored, sent and drawn, as frozen dataclasses that check themselves.

A *Trial* is one evaluation of a search with its *Curve* and the *Belief* the surrogate held when it was proposed; a
*StudyRecord* is a whole search. A *JobState* says what a training is doing. A *CostRow* says what one position of an
architecture costs, a *Latency* how long a whole one takes on a device, a *Drawn* what is known of one draw when spaces are
compared. A *Calibration* says how honest predictions were, a *Credit* what a subterm adds to one. *KernelWeights*, a
*Similarity* and a *SpaceMap* say how a surrogate compares architectures. A *Selection* is an architecture and a position. A
*Message* is what page and kernel send each other.
Every record has a JSON form (`to_json`, `from_json`) with a schema version, so a study written today opens tomorrow, and what
comes from outside is checked before it is believed. The other layers exchange records, never their own objects: the views
draw them without knowing torch or optuna. Units are in the docstrings: seconds, parameters, FLOPs (2 per multiply-add),
errors in [0, 1]. Nothing here computes anything; `matched` says which trials a surrogate's values are, `seen_by`
chooses the objective of a study that has several.
"""

from nasviz.records.base import VERSION, Record
from nasviz.records.calibration import Calibration
from nasviz.records.cost import CostRow
from nasviz.records.credit import Credit, Verdict
from nasviz.records.drawn import Drawn
from nasviz.records.job import JobPhase, JobState
from nasviz.records.kernel import KernelPart, KernelWeights, Similarity
from nasviz.records.latency import Latency
from nasviz.records.matching import matched
from nasviz.records.message import KINDS, Kind, Message
from nasviz.records.objective import Which, seen_by
from nasviz.records.selection import Selection
from nasviz.records.space_map import SpaceMap
from nasviz.records.study import StudyRecord
from nasviz.records.trial import Belief, Curve, Trial, TrialState

__all__ = [
    "KINDS",
    "VERSION",
    "Belief",
    "Calibration",
    "CostRow",
    "Credit",
    "Curve",
    "Drawn",
    "JobPhase",
    "JobState",
    "KernelPart",
    "KernelWeights",
    "Kind",
    "Latency",
    "Message",
    "Record",
    "Selection",
    "Similarity",
    "SpaceMap",
    "StudyRecord",
    "Trial",
    "TrialState",
    "Verdict",
    "Which",
    "matched",
    "seen_by",
]
