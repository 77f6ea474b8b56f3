"""Letters made into files in the test's own process: test_press has the one that runs beside a service."""

import asyncio

from zi_certificates.press import Plate, Press, PressError, made


class ByHand(Press):
    async def make(self, plate: Plate) -> bytes:
        try:
            return await asyncio.to_thread(made, plate)
        except Exception as fault:
            raise PressError(type(fault).__name__) from fault
