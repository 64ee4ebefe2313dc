"""A real cluster for whoever asks for one."""

from collections.abc import Callable, Iterator

import pytest

from tests.servers import kube


@pytest.fixture(scope="session")
def cluster(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[kube.Cluster]:
    apiserver, etcd = peer("kube-apiserver"), peer("etcd")
    with kube.running(apiserver, etcd, tmp_path_factory.mktemp("cluster")) as started:
        yield started
