from tests.notebook.comms import recorded_comms

__all__ = ["recorded_comms"]
