namespace Lathe.Ir;

/// <summary>What symbolic dimensions come to once the model is entered.</summary>
public static class Dimensions
{
    /// <summary>A whole number or a condition over symbols, worked out; a condition is 0 or 1.</summary>
    /// <exception cref="InvalidOperationException">A symbol has no value, or the expression holds more than symbols.</exception>
    public static long Evaluate(Expr e, IReadOnlyDictionary<string, long> symbols) => Evaluate(e, symbols, null);

    /// <param name="e">May also read whole numbers from memory, at known places of buffers with one axis.</param>
    /// <param name="symbols">The number of each symbol.</param>
    /// <param name="memory">The memory of a buffer by its name.</param>
    internal static long Evaluate(Expr e, IReadOnlyDictionary<string, long> symbols, Func<string, Bytes>? memory)
    {
        if (e is Number { IsReal: false } known) return known.Integer;
        var result = e.Replace(part => part is Symbol s ? Number.Of(Scalar.I64, symbols.TryGetValue(s.Name, out var value) ? value : throw new InvalidOperationException($"{s} has no value"))
            : part is Load { Buffer: var buffer, At: [Number { Integer: var at }] } && memory is not null ? Number.Of(buffer.Scalar, Read(memory(buffer.Name), buffer.Scalar, at)) : null);
        return result is Number { IsReal: false } n ? n.Integer : throw new InvalidOperationException($"{result} cannot be worked out from dimensions alone");
    }

    private static long Read(Bytes bytes, Scalar kind, long at)
    {
        var number = Numbers.ReadWhole(kind, bytes.Span(0, (int)kind.Bytes(at + 1)), (int)at);
        // A span does not hold what it lies in, and a copy from a device has no other owner.
        GC.KeepAlive(bytes);
        return number;
    }

    public static Seq<long> Evaluate(Shape shape, IReadOnlyDictionary<string, long> symbols) => [.. shape.Select(e => Evaluate(e, symbols))];

    /// <summary>Finds the symbols from the shapes of what a model is given, and checks everything that types and guards say about them.</summary>
    /// <param name="declared">The model's inputs.</param>
    /// <param name="given">One tensor for each.</param>
    /// <param name="guards">Conditions that must hold.</param>
    /// <exception cref="DiagnosticException">LT5001 number of inputs, LT5002 kind, LT5003 rank or extent, LT5004 a guard. All problems at once.</exception>
    public static IReadOnlyDictionary<string, long> Bind(Seq<Value> declared, IReadOnlyList<Tensor> given, Seq<Guarded> guards)
    {
        if (declared.Count != given.Count)
            throw new DiagnosticException(new Diagnostic("LT5001", $"the model takes {declared.Count} inputs ({string.Join(", ", declared)}), it is given {given.Count}"));
        var (problems, symbols) = (new List<Diagnostic>(), new SortedDictionary<string, long>(StringComparer.Ordinal));
        void Problem(string code, Value where, string message) => problems.Add(new(code, message, where.Name));
        var fits = new List<(Value Value, Seq<long> Shape)>();
        foreach (var (value, tensor) in declared.Zip(given))
        {
            if (value.Type.Scalar != tensor.Kind) Problem("LT5002", value, $"the input is {value.Type}, it is given {tensor}");
            if (value.Type.Rank != tensor.Shape.Count) Problem("LT5003", value, $"the input is {value.Type} of rank {value.Type.Rank}, it is given {tensor} of rank {tensor.Shape.Count}");
            else fits.Add((value, tensor.Shape));
        }
        foreach (var (value, shape) in fits)
            foreach (var (dimension, extent) in value.Type.Shape.Zip(shape))
                if (dimension is Symbol s && symbols.TryAdd(s.Name, extent) && (extent < s.Low || extent > s.High))
                    Problem("LT5003", value, $"{s.Name} is {s.Low}..{s.High}, it is given as {extent}");
        foreach (var (value, shape) in fits)
            foreach (var (axis, (extent, found)) in value.Type.Shape.Zip(shape).Index())
                if (extent.Parts().OfType<Symbol>().All(s => symbols.ContainsKey(s.Name)) && Evaluate(extent, symbols) is var expected && expected != found)
                    Problem("LT5003", value, $"axis {axis} of {value.Type} is {extent}{(extent is Number ? "" : $" = {expected}")}, it is given as {found}");
        if (problems.Count == 0)
            foreach (var guard in guards)
                if (Evaluate(guard.Condition, symbols) == 0)
                    problems.Add(new("LT5004", $"{guard.Message}; {string.Join(", ", symbols.Select(s => $"{s.Key} = {s.Value}"))}"));
        return problems.Count == 0 ? symbols : throw new DiagnosticException([.. problems]);
    }
}
