"""Every job of the port is done by somebody."""

from app.training_worker import jobs, port


def test_every_job_has_somebody_who_does_it() -> None:
    kinds = [kind for kind in vars(port).values() if isinstance(kind, type) and issubclass(kind, port.Job)]
    assert {kind for kind in kinds if kind is not port.Job} == set(jobs.JOBS)
