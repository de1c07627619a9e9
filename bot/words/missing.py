"""What is said where something that belongs to a card could not go along with it; pure."""

from __future__ import annotations


def no_sheet() -> str:
    """The Excel file could not be made or sent."""
    return "表格这次没能附上，过一会儿再点一次。"


def no_paper() -> str:
    """A paper's file could not be made or sent."""
    return "文件这次没能附上，过一会儿再要一次。"


def sheet_too_big(megabytes: int, most: int) -> str:
    """The Excel file is larger than the line takes."""
    return f"表格有 {megabytes} MB，这里最多发 {most} MB，没附上。把时间问短一些就行。"


def no_photos(lost: int, of: int) -> str:
    """Some of the photos, or all, could not be sent."""
    return "照片这次没能附上。" if lost == of else f"有 {lost} 张照片没能附上。"
