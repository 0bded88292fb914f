"""What the views, their objects and the promises of the clock are called, where several modules need it."""

KIND = "GG"
NOTICE, NOTICE_KIND = "broadcasts.notice", "notice"
"""One recipient's card: its number is the recipient's row, so that one who acknowledges redraws one card."""
PROGRESS, PROGRESS_KIND = "broadcasts.progress", "progress"
BEHIND, BEHIND_KIND = "broadcasts.behind", "behind"
START, SEND, COUNT, VOID = "broadcasts.start", "broadcasts.send", "broadcasts.count", "broadcasts.void"
CHASE, REMIND = "broadcasts.chase", "broadcasts.remind"
CHUNK = 50
"""Recipients handed over in one transaction: short enough that nobody's turn notices."""
