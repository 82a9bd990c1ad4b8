using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Lathe.Runtime.Hosting;

/// <summary>A value of a model that runs on the host: what the C ABI carries, and what it does not.</summary>
public abstract record HostValue
{
    /// <summary>What it is, in a message.</summary>
    public abstract string Kind { get; }

    /// <summary>Its type, every extent a number.</summary>
    public abstract HostType Type { get; }

    private protected static ImmutableArray<string> Extents(ImmutableArray<long> shape) => [.. shape.Select(d => d.ToString(CultureInfo.InvariantCulture))];
}

/// <summary>Numbers.</summary>
/// <param name="Element">Their kind by its name in the IR, <c>f32</c>.</param>
/// <param name="Bytes">In row-major order, little-endian; kinds below a byte packed from the low bits, the last byte filled up; as many as the shape takes.</param>
public sealed record HostTensor(string Element, ImmutableArray<long> Shape, byte[] Bytes) : HostValue
{
    public string Element { get; } = Element;
    public ImmutableArray<long> Shape { get; } = Shape;
    public byte[] Bytes { get; } = HostElement.Of(Element).Bytes(HostArray.Count(Shape)) is var needed && needed == Bytes.Length ? Bytes
        : throw new HostException($"a tensor {Element}[{string.Join(", ", Shape)}] takes {needed} bytes, {Bytes.Length} are given");

    public override string Kind => $"tensor<{(Shape.Length == 0 ? "" : string.Join('x', Shape) + ", ")}{Element}>";
    public override HostType Type => HostType.Tensor(Element, Extents(Shape));

    /// <summary>How many numbers.</summary>
    public int Count => HostArray.Size(Shape);

    public static HostTensor Of(ImmutableArray<long> shape, params ReadOnlySpan<long> numbers) => new("i64", shape, MemoryMarshal.AsBytes(numbers).ToArray());
    public static HostTensor Of(ImmutableArray<long> shape, params ReadOnlySpan<float> numbers) => new("f32", shape, MemoryMarshal.AsBytes(numbers).ToArray());

    /// <summary>Numbers given as f64, truncated to their kind.</summary>
    public static HostTensor Of(string element, ImmutableArray<long> shape, params ReadOnlySpan<double> numbers)
    {
        var (kind, bytes) = (HostElement.Of(element), new byte[numbers.Length * HostElement.Of(element).Bits / 8]);
        for (var i = 0; i < numbers.Length; i++) kind.Write(bytes, i, numbers[i]);
        return new(element, shape, bytes);
    }

    /// <summary>The numbers that texts say.</summary>
    /// <exception cref="HostException">A text is no number.</exception>
    public static HostTensor Parse(string element, ImmutableArray<long> shape, IReadOnlyList<string> texts)
    {
        var (kind, bytes) = (HostElement.Of(element), new byte[texts.Count * HostElement.Of(element).Bits / 8]);
        for (var i = 0; i < texts.Count; i++) kind.Parse(bytes, i, texts[i]);
        return new(element, shape, bytes);
    }

    /// <summary>The elements as .NET knows them.</summary>
    public ReadOnlySpan<T> Span<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    /// <summary>The numbers as f64; whole numbers exactly up to 2^53.</summary>
    public double[] ToDoubles()
    {
        var (kind, numbers) = (HostElement.Of(Element), new double[Count]);
        for (var i = 0; i < numbers.Length; i++) numbers[i] = kind.Read(Bytes, i);
        return numbers;
    }

    /// <summary>The numbers as whole ones, each exactly.</summary>
    /// <exception cref="HostException">They are of no kind of whole numbers below 2^63.</exception>
    public long[] ToWholes() => Element switch
    {
        "i64" => Span<long>().ToArray(),
        "i8" or "u8" or "i16" or "u16" or "i32" or "u32" or "bool" => [.. ToDoubles().Select(d => (long)d)],
        _ => throw new HostException($"whole numbers are needed, there is {Kind}"),
    };

    /// <summary>Each number as text.</summary>
    public ImmutableArray<string> ToTexts()
    {
        var kind = HostElement.Of(Element);
        return [.. Enumerable.Range(0, Count).Select(i => kind.Print(Bytes, i))];
    }
}

/// <summary>A tensor of text.</summary>
/// <param name="Elements">In row-major order; as many as the shape takes.</param>
public sealed record HostText(ImmutableArray<long> Shape, ImmutableArray<string> Elements) : HostValue
{
    public ImmutableArray<long> Shape { get; } = Shape;
    public ImmutableArray<string> Elements { get; } = HostArray.Count(Shape) is var needed && needed == Elements.Length ? Elements
        : throw new HostException($"text of shape [{string.Join(", ", Shape)}] takes {needed} texts, {Elements.Length} are given");

    public override string Kind => $"text of shape [{string.Join(", ", Shape)}]";
    public override HostType Type => HostType.Text(Extents(Shape));
}

/// <summary>Values in order, all of one type.</summary>
public sealed record HostSequence(ImmutableArray<HostValue> Items) : HostValue
{
    public override string Kind => $"a sequence of {Items.Length}";
    public override HostType Type => HostType.Sequence(Items.Aggregate(HostType.Nothing, (type, item) => type.Merge(item.Type)));
}

/// <summary>Values by their keys.</summary>
/// <param name="Keys">A vector of whole numbers or of text, each once.</param>
/// <param name="Values">A vector of numbers or of text, one for each key.</param>
public sealed record HostMap(HostValue Keys, HostValue Values) : HostValue
{
    public override string Kind => $"a map of {Words.Length}";
    public override HostType Type => new(HostForm.Map, Values is HostTensor values ? values.Element : "text", Of: Keys is HostTensor keys ? HostType.Tensor(keys.Element, null) : HostType.Text());

    /// <summary>The keys as text.</summary>
    public ImmutableArray<string> Words => HostArray.Words(Keys);
}

/// <summary>An optional value that is not there. One that is there is the value itself.</summary>
public sealed record HostAbsent : HostValue
{
    public override string Kind => "an absent value";
    public override HostType Type => new(HostForm.Optional, Of: HostType.Nothing);
}
