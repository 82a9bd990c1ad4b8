"""The model NAME, compiled by Lathe: calls libNAME.so beside this file. Needs Python 3.8 or later and nothing else.

    from NAME import Model
    y = Model()(x)              # x: numpy arrays, or anything else with a buffer, in the model's order; y: memoryviews
    numpy.asarray(y[0])
"""
import ctypes
import json
import os

# Kinds of numbers as buffers name them; others are handed on as bytes.
_FORMATS = {"f16": "e", "f32": "f", "f64": "d", "i8": "b", "u8": "B", "i16": "h", "u16": "H",
            "i32": "i", "u32": "I", "i64": "q", "u64": "Q", "bool": "?"}
_ALIGNMENT = 64


class _Tensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.POINTER(ctypes.c_int64)), ("capacity", ctypes.c_uint64)]


class LatheError(Exception):
    """What the model says is wrong with a call; code is the number it returned."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Model:
    """One loaded model. Any number of threads may call it: each call has memory of its own."""

    def __init__(self, library=None, weights=None):
        """library: by default libNAME.so beside this file. weights: the file of weights, where it is not beside the library."""
        path = library or os.path.join(os.path.dirname(os.path.abspath(__file__)), "libNAME.so")
        self._library = ctypes.CDLL(path)
        self._invoke = self._function("invoke", ctypes.c_int32, [ctypes.c_void_p] * 6)
        self._shapes = self._function("shapes", ctypes.c_int32, [ctypes.c_void_p] * 2)
        self._workspace = self._function("workspace_bytes", ctypes.c_uint64, [ctypes.c_void_p])
        self._error = self._function("error", ctypes.c_char_p, [ctypes.c_int32])
        self.contract = json.loads(self._function("contract", ctypes.c_char_p, [])())
        self._model = ctypes.c_void_p()
        opened = self._function("open", ctypes.c_int32, [ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)])
        self._check(opened(os.fsencode(weights) if weights else None, ctypes.byref(self._model)))

    def __call__(self, *inputs):
        """Runs once. Returns one memoryview for each output, shaped; of a kind that Python does not know, its bytes."""
        declared = self.contract["inputs"]
        if len(inputs) != len(declared):
            raise TypeError(f"NAME takes {len(declared)} inputs ({', '.join(t['name'] for t in declared)}), it is given {len(inputs)}")
        views = [memoryview(x) for x in inputs]
        dims = (ctypes.c_int64 * max(1, len(self.contract["dims"])))(*self._dimensions(views))
        extents = (ctypes.c_int64 * max(1, sum(len(t["shape"]) for t in declared + self.contract["outputs"])))()
        self._check(self._shapes(dims, extents))
        given, kept, at = (_Tensor * max(1, len(views)))(), [], 0
        for tensor, view, wanted in zip(given, views, declared):
            data = (ctypes.c_char * max(1, view.nbytes)).from_buffer_copy(view.tobytes() or b"\0")
            shape = (ctypes.c_int64 * max(1, view.ndim))(*view.shape)
            if _FORMATS.get(wanted["type"], view.format) != view.format.lstrip("<=@") and not (wanted["type"] == "i64" and view.format == "l"):
                raise TypeError(f"{wanted['name']} holds {wanted['type']}, it is given the buffer format '{view.format}'")
            tensor.data, tensor.shape, tensor.capacity = ctypes.addressof(data), shape, view.nbytes
            kept += [data, shape]
            at += len(wanted["shape"])
        made, outputs = (_Tensor * max(1, len(self.contract["outputs"])))(), []
        for tensor, wanted in zip(made, self.contract["outputs"]):
            rank = len(wanted["shape"])
            shape = (ctypes.c_int64 * max(1, rank))(*extents[at:at + rank])
            at += rank
            count = 1
            for extent in shape[:rank]:
                count *= extent
            bytes_ = (count * wanted["bits"] + 7) // 8
            data = (ctypes.c_char * max(1, bytes_))()
            tensor.data, tensor.shape, tensor.capacity = ctypes.addressof(data), shape, bytes_
            outputs.append((data, shape, rank, wanted))
        space = (ctypes.c_char * (self._workspace(dims) + _ALIGNMENT))()
        start = -(-ctypes.addressof(space) // _ALIGNMENT) * _ALIGNMENT
        self._check(self._invoke(self._model, given, made, dims, start, None))
        return [self._view(*output) for output in outputs]

    def _dimensions(self, views):
        found = {}
        for wanted, view in zip(self.contract["inputs"], views):
            if view.ndim != len(wanted["shape"]):
                raise TypeError(f"{wanted['name']} has {len(wanted['shape'])} axes, it is given {view.ndim}")
            for extent, name in zip(view.shape, wanted["shape"]):
                if extent != name and not isinstance(name, str):
                    raise ValueError(f"{wanted['name']} is {wanted['shape']}, it is given {list(view.shape)}")
                if isinstance(name, str):
                    found.setdefault(name, extent)
        return [found[d["name"]] for d in self.contract["dims"]]

    @staticmethod
    def _view(data, shape, rank, wanted):
        extents, kind = list(shape[:rank]), _FORMATS.get(wanted["type"])
        view = memoryview(data).cast("B")
        if kind is None:
            return view
        count = 1
        for extent in extents:
            count *= extent
        view = view[:(count * wanted["bits"] + 7) // 8].cast(kind)
        return view.cast("B").cast(kind, extents) if extents and count else view

    def _function(self, name, result, arguments):
        function = getattr(self._library, "NAME_" + name)
        function.restype, function.argtypes = result, arguments
        return function

    def _check(self, code):
        if code != 0:
            raise LatheError(code, (self._error(code) or b"").decode() or f"error {code}")
