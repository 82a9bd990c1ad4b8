namespace Lathe.Onnx;

/// <summary>What raising a node may ask of the graph, and the constants and names it may add.</summary>
/// <param name="value">A value by name; null where it is absent.</param>
/// <param name="add">Takes a new weight into the graph.</param>
internal sealed class RaiseScope(Func<string, Value?> value, Action<Value> add, Names names, TensorReader tensors)
{
    /// <summary>The type of an operand that must be there.</summary>
    public TensorType Type(string name) => value(name)?.Type ?? throw new TypeException($"operand {(name == "" ? "" : $"{name} ")}is missing");

    /// <summary>What an operand holds, where that is known.</summary>
    public Seq<Expr>? Known(string name) => value(name)?.Known;

    /// <summary>A name for a value between the old node's operands and results.</summary>
    public string Fresh(string near) => names.Fresh(near);

    /// <summary>A vector of whole numbers as an operand.</summary>
    public string Wholes(string near, params Seq<long> numbers) => Weight(near, new(Scalar.I64, [numbers.Count], Bytes.Of(numbers.AsSpan())));

    /// <summary>A vector of f32 numbers as an operand.</summary>
    public string Floats(string near, params Seq<float> numbers) => Weight(near, new(Scalar.F32, [numbers.Count], Bytes.Of(numbers.AsSpan())));

    /// <summary>One number without axes as an operand.</summary>
    public string Number(string near, Scalar kind, double number)
    {
        var bytes = new byte[kind.Bytes(1)];
        Ir.Numbers.Write(kind, bytes, 0, number);
        return Weight(near, new(kind, [], Bytes.Of(bytes)));
    }

    /// <summary>A tensor of numbers as an operand, rounded or truncated to its kind.</summary>
    public string Numbers(string near, Scalar kind, Seq<long> shape, params ReadOnlySpan<double> numbers)
    {
        var tensor = Ir.Tensor.Of(kind, shape, numbers);
        return Weight(near, new(kind, shape, tensor.Bytes));
    }

    /// <summary>What a tensor attribute holds.</summary>
    public Tensor Contents(string near, Proto.TensorProto tensor) => tensors.Read(tensor, near) is { Kind: not Scalar.String } numbers ? numbers.AsTensor() : throw new TypeException($"{near} holds text");

    /// <summary>A tensor attribute as an operand.</summary>
    public string Tensor(string near, Proto.TensorProto tensor) => Weight(near, tensors.Read(tensor, near));

    /// <summary>The bytes of a weight as a matrix of another kind of number.</summary>
    /// <exception cref="TypeException">It is not a weight of bytes, or does not hold so many.</exception>
    public string Reinterpreted(string weight, Scalar kind, long rows, long columns)
    {
        var bytes = value(weight) ?? throw new TypeException($"operand {weight} is missing");
        if (!bytes.IsWeight || bytes.Type.Scalar.Bits != 8) throw new TypeException($"{weight} must be bytes that are known when compiling, it is {bytes.Type}");
        if (bytes.Planes[0].Length != kind.Bytes(checked(rows * columns))) throw new TypeException($"{weight} holds {bytes.Planes[0].Length} bytes, {rows}x{columns} numbers of {kind.Text} take {kind.Bytes(rows * columns)}");
        return Weight(weight, new(kind, [rows, columns], bytes.Planes[0]));
    }

    /// <summary>Whether a value's bytes are known when compiling.</summary>
    public bool IsWeight(string name) => value(name) is { IsWeight: true };

    /// <summary>One of the equal parts that a weight's bytes fall into, as a tensor of its own: it shares their memory.</summary>
    /// <param name="kind">Of the part's numbers: the weight's own, or another where the weight is bytes.</param>
    /// <param name="shape">Of the part.</param>
    /// <exception cref="TypeException">It is not a weight of such numbers, or does not hold so many.</exception>
    public string Part(string weight, Scalar kind, Seq<long> shape, long number)
    {
        var all = value(weight) ?? throw new TypeException($"operand {weight} is missing");
        if (!all.IsWeight || all.Type.Scalar != kind && all.Type.Scalar.Bits != 8) throw new TypeException($"{weight} must be bytes that are known when compiling, it is {all.Type}");
        var (bits, parts) = (checked(shape.Aggregate((long)kind.Bits, (a, b) => a * b)), all.Type.Shape[0].Whole);
        if (bits % 8 != 0 || all.Planes[0].Length != bits / 8 * parts) throw new TypeException($"{weight} holds {all.Planes[0].Length} bytes, {parts} times {string.Join('x', shape)} numbers of {kind.Text} take {bits * parts / 8}");
        return Weight(weight, new(kind, shape, all.Planes[0].Slice(number * (bits / 8), bits / 8)));
    }

    private string Weight(string near, TensorContents contents)
    {
        var name = names.Fresh(near);
        add(contents.AsWeight(name));
        return name;
    }
}
