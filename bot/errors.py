"""Every refusal and fault that a person may hear of; knows nothing but its own sentences.

    GangtingError
    ├── Refused            the person asked for something that may not or cannot be done
    │   ├── NotAllowed     … not in this person's rights
    │   ├── NotFound       … the thing is not there (any more)
    │   └── TooLate        … somebody else, or the clock, was first
    ├── BadFile            a photo or document that can't be kept as asked
    ├── BadSetting         a wrong name or value in the settings or in gangting.toml
    ├── StoreFault         the database or the photo folder can't be used
    │   ├── StoreTaken     … because another process works on it
    │   └── NoStore        … because there is none yet
    └── LineFault          a line that can't go on
        ├── BadToken       … its credentials are refused
        └── SecondPoller   … somebody else receives for the same bot

`sentence` is what the person hears, in Chinese: what happened, whether anything was lost, what to
do now. For faults that end a command it is what the terminal prints, in English.
"""


class GangtingError(Exception):
    """The root; `sentence` may be shown to a person as it is."""

    sentence = "出了点问题，没有办成。请再试一次。"

    def __init__(self, sentence: str | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.sentence)


class Refused(GangtingError):
    """The deed was not done and nothing of it is stored."""

    sentence = "这个办不了。"


class NotAllowed(Refused):
    """The person's roles don't include this deed."""

    sentence = "这个您还不能办。要办请找管理员。"


class NotFound(Refused):
    """What the deed was about is not there."""

    sentence = "没找到这一条，什么也没改。"


class TooLate(Refused):
    """The matter has moved on; the sentence says who moved it and when."""

    sentence = "这条已经变了，什么也没改。"


class BadFile(GangtingError):
    """A file that can't be kept as a photo; the sentence names the reason."""

    sentence = "这个文件打不开，照片没收下。请重新拍一张再发。"


class BadSetting(GangtingError):
    """A setting is wrong; the sentence names the place, the reason and what is allowed."""

    sentence = "a setting is wrong"


class StoreFault(GangtingError):
    """The database or the photo folder can't be used."""

    sentence = "the store can't be used"


class StoreTaken(StoreFault):
    """Another process holds the database."""

    sentence = "another gangting process is already working on this database"


class NoStore(StoreFault):
    """There is no database yet, and none was to be made."""


class LineFault(GangtingError):
    """A line can't go on; the process ends with this sentence."""

    sentence = "a line stopped"


class BadToken(LineFault):
    """The platform refuses the credentials of a line."""

    sentence = "the platform refuses the token"


class SecondPoller(LineFault):
    """Somebody else receives the updates of the same bot."""

    sentence = "another process receives the updates of this bot"
