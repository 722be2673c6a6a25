"""The chart, rendered by Helm itself."""

import contextlib
import copy
import functools
import os

import helm_python
import yaml

import settings


@contextlib.contextmanager
def quiet():
    """Helm says of each linked file that it followed the link, and of values what it thinks of them."""
    saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


@functools.cache
def loaded(path=None):
    with quiet():
        return helm_python.Chart.load(path or settings.CHART)


def merged(*layers):
    """The layers put one over another; a text is what --set would be given."""
    values = {}
    for layer in layers:
        _put(values, helm_python.parse_set_string(layer) if isinstance(layer, str) else copy.deepcopy(layer))
    return values


def _put(below, above):
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            _put(below[key], value)
        else:
            below[key] = value


def nested(path, value):
    """`a.b`, 1 as {"a": {"b": 1}}."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


def render(*layers, chart=None):
    """Text of each file, the schema checked as an installation checks it."""
    chart = chart or loaded()
    values = merged(*layers)
    with quiet():
        chart.validate_schema(values)
    return {path.split("/templates/")[-1]: text for path, text in chart.render(values, name="pay", namespace="money").items()}


def manifests(*layers, chart=None):
    """What would be installed, by kind and name."""
    found = {}
    for path, text in render(*layers, chart=chart).items():
        if path.endswith((".yaml", ".yml")):
            for document in yaml.load_all(text, Loader=yaml.CSafeLoader):
                if document:
                    key = (document["kind"], document["metadata"]["name"])
                    assert key not in found, f"{key} twice"
                    found[key] = document
    return found


def one(found, kind):
    matching = [document for (its, _), document in found.items() if its == kind]
    assert len(matching) == 1, f"{len(matching)} of {kind} in {sorted(found)}"
    return matching[0]


def workload(found):
    kinds = [kind for kind, _ in found if kind in ("Deployment", "StatefulSet")]
    assert len(kinds) == 1, kinds
    return one(found, kinds[0])


def container(found, name="x402-guard"):
    spec = workload(found)["spec"]["template"]["spec"]
    return next(one for one in spec["containers"] + spec.get("initContainers", []) if one["name"] == name)


def refused(*layers):
    """Why Helm refuses these values; an error of the check where it does not."""
    try:
        render(*layers)
    except helm_python.HelmError as error:
        return str(error)
    raise AssertionError(f"rendered, and should not have been: {merged(*layers)}")


def refused_by_schema(*layers):
    """The same, where the schema alone has to be what refuses."""
    try:
        with quiet():
            loaded().validate_schema(merged(*layers))
    except helm_python.HelmValuesError as error:
        return str(error)
    raise AssertionError(f"the schema takes {merged(*layers)}")
