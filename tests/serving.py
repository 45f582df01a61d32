"""Exported models behind TensorFlow Serving's API, in a process that has TensorFlow and not ganzoo.

    with serving.serve({"dcgan": "saved_models/dcgan_fashion_mnist/1"}) as server:
        image = server.predict("dcgan", "generate", seed=np.arange(3))["image"]

One process holds all models. It is built from the stubs of tensorflow-serving-api and runs a SavedModel as
tensorflow_model_server does: names, types and tensors from the signature definition, then the session, with no look at
shapes. What must be refused is refused by the graph itself.
"""

import concurrent.futures
import contextlib
import json
import subprocess
import sys

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)


class Refused(Exception):
    """A request that the server answered with an error; the message is "CODE: details"."""


class Server:
    """The client's side: one stub."""

    def __init__(self, channel: grpc.Channel):
        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)

    def predict(self, model: str, signature: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs of one PredictRequest. signature "" is the default one. Raises Refused."""
        request = predict_pb2.PredictRequest()
        request.model_spec.name, request.model_spec.signature_name = model, signature
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
        try:
            response = self._stub.Predict(request, timeout=60)
        except grpc.RpcError as error:
            raise Refused(f"{error.code().name}: {error.details()}") from error
        return {name: tf.make_ndarray(value) for name, value in response.outputs.items()}

    def signatures(self, model: str) -> dict:
        """The signature definitions of a model, by name."""
        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        request.model_spec.name = model
        packed = self._stub.GetModelMetadata(request, timeout=60).metadata["signature_def"]
        unpacked = get_model_metadata_pb2.SignatureDefMap()
        packed.Unpack(unpacked)
        return dict(unpacked.signature_def)


@contextlib.contextmanager
def serve(models: dict[str, str]):
    """A server of the models (name -> version folder) as a context; gives a `Server`."""
    # -I: no PYTHONPATH, no current folder.
    command = [sys.executable, "-I", __file__, json.dumps({name: str(path) for name, path in models.items()})]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline()
            assert port, "the server died at its start"
            with grpc.insecure_channel(f"127.0.0.1:{int(port)}", [("grpc.enable_http_proxy", 0)]) as channel:
                yield Server(channel)
        finally:
            process.stdin.close()  # ends it
            process.wait(timeout=30)


class _Model:
    def __init__(self, path: str):
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        loaded = tf.compat.v1.saved_model.loader.load(self._session, ["serve"], path)
        self._session._extend_graph()
        self.signatures = loaded.signature_def

    def run(self, signature, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        tensor = self._session.graph.get_tensor_by_name
        feeds = {tensor(signature.inputs[name].name)._as_tf_output(): value for name, value in inputs.items()}
        fetches = [tensor(info.name)._as_tf_output() for info in signature.outputs.values()]
        # Session.run compares shapes before it calls this; the server's does not.
        return self._session._call_tf_sessionrun(None, feeds, fetches, [], None)


class _Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, models: dict[str, str]):
        self._models = {name: _Model(path) for name, path in models.items()}

    def Predict(self, request, context):
        model = self._model(request, context)
        name = request.model_spec.signature_name or "serving_default"
        if name not in model.signatures:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"no signature {name}")
        signature = model.signatures[name]
        if request.inputs.keys() != signature.inputs.keys():
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"inputs must be {sorted(signature.inputs)}")
        for key, value in request.inputs.items():
            if value.dtype != signature.inputs[key].dtype:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{key} is of the wrong type")
        try:
            values = model.run(signature, {key: tf.make_ndarray(value) for key, value in request.inputs.items()})
        except tf.errors.InvalidArgumentError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        response = predict_pb2.PredictResponse(model_spec=request.model_spec)
        for key, value in zip(signature.outputs, values, strict=True):
            response.outputs[key].CopyFrom(tf.make_tensor_proto(value))
        return response

    def GetModelMetadata(self, request, context):
        response = get_model_metadata_pb2.GetModelMetadataResponse(model_spec=request.model_spec)
        signatures = get_model_metadata_pb2.SignatureDefMap(signature_def=self._model(request, context).signatures)
        response.metadata["signature_def"].Pack(signatures)
        return response

    def _model(self, request, context) -> _Model:
        if request.model_spec.name not in self._models:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no model {request.model_spec.name}")
        return self._models[request.model_spec.name]


def _main(models: dict[str, str]):
    sys.modules["ganzoo"] = None  # an import of it would raise
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(_Service(models), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    assert not [name for name in sys.modules if name.startswith("ganzoo.")]
    print(port, flush=True)
    sys.stdin.read()
    server.stop(None)


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
