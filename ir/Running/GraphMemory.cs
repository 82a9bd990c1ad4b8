namespace Lathe.Ir;

/// <summary>What a run of a graph knows: where values lie, by name, and the number of each symbol. Graphs inside share it.</summary>
internal sealed class GraphMemory(Dictionary<string, long> symbols, CancellationToken cancellation)
{
    private readonly Dictionary<string, Bytes> places = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Stack<Bytes>> free = [];

    public Dictionary<string, long> Symbols => symbols;
    public CancellationToken Cancellation => cancellation;

    public Bytes this[string buffer]
    {
        get => places[buffer];
        set => places[buffer] = value;
    }

    /// <summary>Memory for a buffer, full of garbage: that of a finished value where one was as large.</summary>
    public Bytes Make(Buffer buffer)
    {
        var count = Dimensions.Evaluate(buffer.Size, symbols);
        var bytes = buffer.Scalar.Bytes(count);
        var made = places[buffer.Name] = free.TryGetValue(bytes, out var stack) && stack.TryPop(out var used) ? used : Bytes.Zeros(bytes);
        Cells.Spoil(made.Address, count, (int)buffer.Scalar);
        return made;
    }

    public void Run(Kernel kernel) => Interpreter.Run(kernel, places, symbols);

    /// <summary>Hands a value's memory on.</summary>
    public void Free(Value value)
    {
        foreach (var buffer in Storage(value))
        {
            if (!places.Remove(buffer.Name, out var bytes)) continue;
            if (!free.TryGetValue(bytes.Length, out var stack)) free[bytes.Length] = stack = [];
            stack.Push(bytes);
        }
    }

    /// <summary>A whole number of a dense value.</summary>
    public long Whole(Value value, int at) => Numbers.ReadWhole(value.Type.Scalar, places[value.Name].Span(0, (int)value.Type.Scalar.Bytes(at + 1)), at);

    /// <summary>The only number of a dense value.</summary>
    public bool Truth(Value value) => Whole(value, 0) != 0;

    public static IEnumerable<Buffer> Storage(Value value) => new Storage(value.Name, value.Type).Buffers;
}
