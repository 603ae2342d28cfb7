"""Seats: who makes room for a newcomer on a full server. Where runs are kept in a store, seats are about who trains:
the others can rest there and lose nothing. An address has no fixed share, for behind one there may be a school; but
where there are too few, the address that holds most gives up its longest idle seat.
"""

from collections import Counter
from collections.abc import Callable, Collection

from app.sessions.session import Session


def leaver(
    sessions: Collection[Session], newcomer: str, kept_seconds: float, now: float, *, can_rest: bool = False
) -> Session | None:
    """The session whose seat a newcomer from this address gets; None where nobody has to leave for them.

    can_rest: whether who leaves is kept in a store; then first a seat where nothing trains, and nobody watches or did
    anything in the last kept_seconds. Then one that nobody watches any more, unless somebody worked there so lately and
    may be on the way back. Then one that is watched and was not used for so long, of an address that holds more. Of an
    address that holds more than half of all seats the longest idle one, where the newcomer's holds none. Nobody leaves
    whose run would be lost because the store does not take it now.
    """
    held = Counter(session.address for session in sessions)

    def longest_idle(among: Callable[[Session], bool]) -> Session | None:
        of_most = [session for session in sessions if session.run.visited and session.can_end and among(session)]
        most = max((held[session.address] for session in of_most), default=0)
        return min((one for one in of_most if held[one.address] == most), key=lambda one: one.used_at, default=None)

    def kept(session: Session) -> bool:
        return session.used and now - session.used_at < kept_seconds

    def left(session: Session) -> bool:
        return not session.run.viewers and not kept(session)

    def unused(session: Session) -> bool:
        return not kept(session) and held[session.address] > held[newcomer] + 1

    def of_majority(session: Session) -> bool:
        return 2 * held[session.address] > len(sessions) and not held[newcomer]

    def away(session: Session) -> bool:
        return can_rest and not session.run.working and not session.run.viewers

    def idle(session: Session) -> bool:
        return can_rest and not session.run.working and not kept(session)

    order = (away, idle, left, unused, of_majority)
    return next((found for among in order if (found := longest_idle(among)) is not None), None)
