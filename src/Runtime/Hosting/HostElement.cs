using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Lathe.Runtime.Hosting;

/// <summary>A kind of number by its name in the IR, <c>f32</c>: how many bits it takes and, of the kinds of the host's own operators, how one is read and written.</summary>
internal sealed record HostElement(string Name, int Bits)
{
    private static readonly Dictionary<string, HostElement> All = new HostElement[]
    {
        Of<sbyte>("i8"), Of<byte>("u8"), Of<short>("i16"), Of<ushort>("u16"), Of<int>("i32"), Of<uint>("u32"), Of<long>("i64"), Of<ulong>("u64"),
        Of<Half>("f16"), Of<float>("f32"), Of<double>("f64"), Of<byte>("bool"),
        new("u1", 1), new("i2", 2), new("u2", 2), new("i4", 4), new("u4", 4), new("f4e2m1", 4), new("bf16", 16), new("c64", 64), new("c128", 128),
        new("f8e4m3fn", 8), new("f8e4m3fnuz", 8), new("f8e5m2", 8), new("f8e5m2fnuz", 8), new("f8e8m0", 8),
    }.ToDictionary(e => e.Name, StringComparer.Ordinal);

    private Func<byte[], int, double>? read;
    private Func<byte[], int, string>? print;
    private Action<byte[], int, double>? write;
    private Action<byte[], int, string>? parse;

    /// <exception cref="HostException">There is no such kind.</exception>
    public static HostElement Of(string name) => All.TryGetValue(name, out var found) ? found : throw new HostException($"there is no kind of number {name}");

    /// <summary>Whether operators of the host read and write numbers of it; others they only move.</summary>
    public bool IsRead => read is not null;

    public double Read(byte[] bytes, int i) => (read ?? throw Unread())(bytes, i);

    /// <summary>A number as ONNX's Cast writes it: the shortest text that reads back.</summary>
    public string Print(byte[] bytes, int i) => (print ?? throw Unread())(bytes, i);

    public void Write(byte[] bytes, int i, double number) => (write ?? throw Unread())(bytes, i, number);

    /// <exception cref="HostException">The text is no number.</exception>
    public void Parse(byte[] bytes, int i, string text) => (parse ?? throw Unread())(bytes, i, text);

    /// <summary>Bytes that this many numbers take, the last byte filled up.</summary>
    /// <exception cref="HostException">More than can be counted.</exception>
    public long Bytes(long count) => ((Int128)count * Bits + 7) / 8 is var bytes && bytes <= long.MaxValue ? (long)bytes : throw new HostException($"{count} numbers of {Bits} bits are too many");

    private HostException Unread() => new($"the host computes with no {Name}");

    private static HostElement Of<T>(string name) where T : unmanaged, INumber<T> => new(name, Marshal.SizeOf<T>() * 8)
    {
        read = (bytes, i) => double.CreateChecked(Numbers<T>(bytes)[i]),
        print = (bytes, i) => Text(Numbers<T>(bytes)[i]),
        write = (bytes, i, number) => Numbers<T>(bytes)[i] = name == "bool" ? number != 0 ? T.One : T.Zero : T.CreateTruncating(number),
        parse = (bytes, i, text) => Numbers<T>(bytes)[i] = Number<T>(text) is var number && name == "bool" ? T.IsZero(number) ? T.Zero : T.One : number,
    };

    private static Span<T> Numbers<T>(byte[] bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes.AsSpan());

    internal static string Text<T>(T number) where T : INumber<T> =>
        T.IsNaN(number) ? "NaN" : T.IsInfinity(number) ? T.IsPositive(number) ? "INF" : "-INF" : number.ToString(null, CultureInfo.InvariantCulture);

    private static T Number<T>(string text) where T : INumber<T>
    {
        if (T.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)) return exact;
        return T.CreateTruncating(text.Trim().ToUpperInvariant() switch
        {
            "INF" or "+INF" or "INFINITY" => double.PositiveInfinity,
            "-INF" or "-INFINITY" => double.NegativeInfinity,
            "NAN" => double.NaN,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new HostException($"\"{text}\" is no number"),
        });
    }
}
