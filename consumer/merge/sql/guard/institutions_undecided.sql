-- A condition: rows of guard_part that would be held, going by what was counted in this window, if it was; there may be more by now.
part.entity = '{entity}' AND part.held = 0
AND part.let_through + part.fresh > greatest({guard.removals}, part.linked * {guard.institution_percent} / 100)
