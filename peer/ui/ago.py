"""When something was, as people say it."""

import time


def ago(then: float, now: float) -> str:
    """`3 min ago`, `yesterday`; both in seconds since 1970."""
    days = _days(then, now)
    if days <= 0:
        minutes = max(int((now - then) // 60), 0)
        if minutes < 1:
            return "just now"
        return f"{minutes} min ago" if minutes < 60 else f"today {time.strftime('%H:%M', time.localtime(then))}"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 14 else time.strftime("%Y-%m-%d", time.localtime(then))


def _days(then: float, now: float) -> int:
    """Midnights between two times."""
    noon = [time.mktime((*time.localtime(moment)[:3], 12, 0, 0, 0, 0, -1)) for moment in (then, now)]
    return round((noon[1] - noon[0]) / 86_400)
