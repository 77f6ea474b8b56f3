"""A stand-in for S3-compatible storage on this machine, and a bucket in it as its owner sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import boto3
from moto.server import ThreadedMotoServer

from zi_chassis.bucket import BucketAddress
from zi_chassis.vault.files import HOUSE, PROBE

ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "AKEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "a-secret-that-nobody-sees",
    "AWS_REGION": "us-east-1",
}


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class Store:
    """A new bucket, and in it the prefix `office`."""

    def __init__(self, endpoint: str) -> None:
        self.name = f"b{uuid4().hex}"
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id=ACCOUNT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ACCOUNT["AWS_SECRET_ACCESS_KEY"],
            region_name="us-east-1",
        )
        self.client.create_bucket(Bucket=self.name)
        self.url = f"s3://{self.name}/office"
        self.address = BucketAddress.parse(self.url)

    def files(self) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [each["Key"].removeprefix("office/") for each in listed]

    def sent(self) -> list[str]:
        """As `files`, without those that belong to no item."""
        return [name for name in self.files() if name not in (PROBE, HOUSE)]

    def read(self, name: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=self.name, Key=f"office/{name}")["Body"].read()
        return content

    def write(self, name: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=f"office/{name}", Body=content)

    def remove(self, name: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=f"office/{name}")
