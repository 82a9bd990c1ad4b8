using Google.Protobuf.Collections;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Tensors of a file in any of ONNX's forms of storage: raw_data, the typed fields, other files, sparse ones.</summary>
/// <param name="files">Where external data is.</param>
/// <param name="places">Raw data of tensors in attributes that was left in the file.</param>
internal sealed class TensorReader(ExternalFiles files, IReadOnlyDictionary<TensorProto, Bytes>? places = null)
{
    /// <summary>Most elements of a tensor: what a byte count of any kind still holds.</summary>
    private const long MostElements = 1L << 55;
    /// <summary>Most bytes that a sparse tensor may take written out.</summary>
    private const long MostDense = 1L << 30;
    private const int External = 1;

    /// <summary>A tensor inside an attribute.</summary>
    /// <exception cref="DiagnosticException">The tensor is not what ONNX says a tensor is.</exception>
    public TensorContents Read(TensorProto tensor, string where) =>
        Read(new StoredTensor(tensor, places?.GetValueOrDefault(tensor) ?? (tensor.RawData.IsEmpty ? null : Bytes.Of(tensor.RawData.Span))), where);

    /// <exception cref="DiagnosticException">The tensor is not what ONNX says a tensor is.</exception>
    public TensorContents Read(StoredTensor tensor, string where)
    {
        var header = tensor.Header;
        var kind = ElementKinds.Of(header.DataType) ?? throw Fault(Faults.UnknownKind(where, header.DataType));
        Seq<long> dims = [.. header.Dims];
        var count = Count(dims, where);
        var forms = Forms(tensor).ToList();
        if (forms.Count > 1) throw Fault(Faults.TwoForms(where, string.Join(" and ", forms)));
        var form = forms is [var only] ? only : "no field";

        if (kind == Scalar.String) return Text(header, dims, count, form, where);
        var bytes = kind.Bytes(count);
        var data = form switch
        {
            "external data" => files.Read(header, bytes, where),
            "raw_data" => tensor.Raw!.Length == bytes ? tensor.Raw : throw Size(tensor.Raw.Length, bytes, "bytes"),
            "no field" => count == 0 ? Bytes.Zeros(0) : throw Size(0, count, "elements"),
            "float_data" when kind is Scalar.F32 or Scalar.C64 => Typed(header.FloatData, kind == Scalar.F32 ? 1 : 2),
            "double_data" when kind is Scalar.F64 or Scalar.C128 => Typed(header.DoubleData, kind == Scalar.F64 ? 1 : 2),
            "int64_data" when kind == Scalar.I64 => Typed(header.Int64Data, 1),
            "uint64_data" when kind == Scalar.U64 => Typed(header.Uint64Data, 1),
            "uint64_data" when kind == Scalar.U32 => Narrowed(header.Uint64Data.Select(v => (long)Math.Min(v, long.MaxValue)), header.Uint64Data.Count),
            "int32_data" when kind == Scalar.I32 => Typed(header.Int32Data, 1),
            "int32_data" when kind.Bits <= 16 => Narrowed(header.Int32Data.Select(v => (long)v), header.Int32Data.Count),
            _ => throw Fault(Faults.WrongForm(where, kind, form)),
        };
        return new(kind, dims, kind == Scalar.Bool ? Truths(data) : data);

        DiagnosticException Size(long have, long need, string unit) => Fault(Faults.DataSize(where, new TensorType([.. dims.Select(d => (Expr)d)], kind).ToString(), form, have, need, unit));

        Bytes Typed<T>(RepeatedField<T> numbers, int each) where T : unmanaged
        {
            if (numbers.Count != count * each) throw Size(numbers.Count, count * each, "numbers");
            var all = new T[numbers.Count];
            numbers.CopyTo(all, 0);
            return Bytes.Of<T>(all);
        }

        // Numbers of a byte or less lie in int32_data one in each, or as many as a byte holds.
        Bytes Narrowed(IEnumerable<long> numbers, int have)
        {
            var stored = kind.Bits < 8 ? Scalar.U8 : kind;
            var need = stored == kind ? count : bytes;
            if (have != need) throw Size(have, need, "numbers");
            var (all, index) = (new byte[bytes], 0L);
            var (low, high) = (stored == Scalar.Bool ? 0 : -(1L << (stored.Bits - 1)), stored == Scalar.Bool ? 1 : (1L << stored.Bits) - 1);
            foreach (var number in numbers)
            {
                if (number < low || number > high) throw Fault(Faults.OutOfKind(where, kind, index, number));
                Numbers.WriteWhole(BitsOf(stored), all, index++, number);
            }
            return Bytes.Of(all);
        }
    }

    /// <summary>A sparse tensor written out: values at indices, zeros between.</summary>
    /// <exception cref="DiagnosticException">Values, indices and dims do not fit together.</exception>
    public TensorContents Read(SparseTensorProto sparse, string where)
    {
        if (sparse.Values is null || sparse.Indices is null) throw Fault(Faults.BadSparse(where, "values or indices are missing"));
        var (values, indices) = (Read(sparse.Values, where), Read(sparse.Indices, $"{where} (indices)"));
        Seq<long> dims = [.. sparse.Dims];
        var count = Count(dims, where);
        if (values.Kind == Scalar.String) throw Fault(Faults.TextWeight(where));
        if (values.Dims.Count != 1) throw Fault(Faults.BadSparse(where, $"values must have one axis, they are {values.Type}"));
        if (indices.Kind != Scalar.I64 || !(indices.Dims == [values.Count] || indices.Dims == [values.Count, (long)dims.Count]))
            throw Fault(Faults.BadSparse(where, $"indices must be i64 of shape [{values.Count}] or [{values.Count}, {dims.Count}], they are {indices.Type}"));
        if (values.Kind.Bytes(count) > MostDense) throw Fault(Faults.BadSparse(where, $"{dims} takes {values.Kind.Bytes(count)} bytes written out, {MostDense} are allowed"));

        var all = new byte[values.Kind.Bytes(count)];
        var from = values.Data.ToArray<byte>();
        var at = indices.Data.ToArray<byte>();
        var last = -1L;
        for (var i = 0L; i < values.Count; i++)
        {
            var position = 0L;
            if (indices.Dims.Count == 1) position = Numbers.ReadWhole(Scalar.I64, at, i);
            else for (var axis = 0; axis < dims.Count; axis++)
            {
                var index = Numbers.ReadWhole(Scalar.I64, at, i * dims.Count + axis);
                if (index < 0 || index >= dims[axis]) throw Fault(Faults.BadSparse(where, $"index {index} along axis {axis} of {dims}"));
                position = position * dims[axis] + index;
            }
            if (position < 0 || position >= count) throw Fault(Faults.BadSparse(where, $"index {position} of {count} elements"));
            if (position <= last) throw Fault(Faults.BadSparse(where, $"indices must ascend: {position} follows {last}"));
            if (values.Kind.Bits <= 64) Numbers.WriteWhole(BitsOf(values.Kind), all, last = position, Numbers.ReadWhole(BitsOf(values.Kind), from, i));
            else from.AsSpan((int)i * 16, 16).CopyTo(all.AsSpan(checked((int)(last = position) * 16)));
        }
        return new(values.Kind, dims, Bytes.Of(all));
    }

    private static TensorContents Text(TensorProto header, Seq<long> dims, long count, string form, string where)
    {
        if (form is not ("string_data" or "no field")) throw Fault(Faults.WrongForm(where, Scalar.String, form));
        if (header.StringData.Count != count) throw Fault(Faults.DataSize(where, $"tensor<{string.Join('x', dims)}, string>", form, header.StringData.Count, count, "texts"));
        return new(Scalar.String, dims, Bytes.Zeros(0), [.. header.StringData.Select(s => s.ToStringUtf8())]);
    }

    private static long Count(Seq<long> dims, string where)
    {
        Int128 count = 1;
        foreach (var extent in dims)
        {
            if (extent < 0) throw Fault(Faults.BadDims(where, dims.ToString()));
            // An axis of 0 empties the tensor, but the others must still be extents.
            count = Int128.Min(count * extent, (Int128)1 << 62);
        }
        return dims.Count <= 64 && count <= MostElements ? (long)count : throw Fault(Faults.BadDims(where, dims.ToString()));
    }

    private static IEnumerable<string> Forms(StoredTensor tensor)
    {
        var header = tensor.Header;
        if (header.DataLocation == External) yield return "external data";
        if (tensor.Raw is not null) yield return "raw_data";
        if (header.FloatData.Count > 0) yield return "float_data";
        if (header.DoubleData.Count > 0) yield return "double_data";
        if (header.Int32Data.Count > 0) yield return "int32_data";
        if (header.Int64Data.Count > 0) yield return "int64_data";
        if (header.Uint64Data.Count > 0) yield return "uint64_data";
        if (header.StringData.Count > 0) yield return "string_data";
    }

    /// <summary>The kind of whole number whose bits are those of this kind.</summary>
    private static Scalar BitsOf(Scalar kind) => kind.Bits switch { 2 => Scalar.U2, 4 => Scalar.U4, 8 => Scalar.U8, 16 => Scalar.U16, 32 => Scalar.U32, _ => Scalar.I64 };

    /// <summary>Bools as 0 and 1; kernels count on it, files hold other bytes now and then.</summary>
    private static Bytes Truths(Bytes data)
    {
        var all = data.Span(0, checked((int)data.Length));
        var given = all.IndexOfAnyExceptInRange((byte)0, (byte)1) < 0;
        GC.KeepAlive(data);
        return given ? data : Bytes.Of<byte>([.. data.ToArray<byte>().Select(b => (byte)(b != 0 ? 1 : 0))]);
    }

    private static DiagnosticException Fault(Diagnostic diagnostic) => new(diagnostic);
}
