"""Programs in front of umkm's API, in process."""

from tests.umkm.inside import Inside
from tests.web import calling


class Calling(calling.Calling[Inside]):
    @property
    def mentor(self) -> dict[str, str]:
        return self.person("mentor-ani", "mentor")

    @property
    def supervisor(self) -> dict[str, str]:
        return self.person("supervisor-eka", "supervisor")
