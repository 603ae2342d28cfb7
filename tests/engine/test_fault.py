"""A fault: its code, its values, its text, and its way into another process."""

import pickle

from engine.fault import Fault


def test_a_fault_tells_its_code_and_values_and_can_be_sent_to_another_process() -> None:
    fault = Fault("graph_too_long", {"count": 9, "limit": 8})
    sent = pickle.loads(pickle.dumps(fault))
    assert (sent.code, sent.values) == (fault.code, fault.values) == ("graph_too_long", {"count": 9, "limit": 8})
    assert str(sent) == "graph_too_long: count 9, limit 8"
    assert str(Fault("graph_empty", {})) == "graph_empty"
