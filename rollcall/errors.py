"""Errors by name; each says what the caller may do."""


class RollcallError(Exception):
    """Anything that is ours to report. Says what, where and what to do."""


class SettingMissing(RollcallError):
    """A setting without a default is absent, or one cannot be what it is. Set it in `.env`; see `.env.example`."""


class RegistryBroken(RollcallError):
    """The registry of offices contradicts itself. Nothing can be collected until it is put right."""


class OfficeSilent(RollcallError):
    """The office has submitted nothing yet. Expected early in the month."""


class OfficeUnreachable(RollcallError):
    """No answer, half an answer, or a status that says try again. Safe to ask again."""


class OfficeInTrouble(RollcallError):
    """An answer that breaks the protocol. Recorded; asking again at once will not help."""


class BodyTooLong(OfficeInTrouble):
    """A listing larger than any, or a file longer than announced; the rest was not read."""


class LandingCorrupt(RollcallError):
    """A landed file does not have the digest that is its name. Restore it; never parse it."""


class FilesNotJudged(RollcallError):
    """Landed files that could not be read through a fault of ours. The others are judged; these are taken up again."""


class RuleNotRun(RollcallError):
    """A rule crashed, or a suite is empty. Nothing is accepted: the gate fails closed."""


class ReferenceMissing(RuleNotRun):
    """A table that rules look things up in is empty or not there. No file's doing: load the seeds first."""


class CountsDisagree(RollcallError):
    """Two ways of counting the same rows differ. Nothing of the group is accepted."""


class BuildFailed(RollcallError):
    """dbt did not build or a data test failed. The slices stay marked as to be built."""


class MetricRefused(RollcallError):
    """A question to the semantic layer that it cannot answer; the message says which names there are."""
