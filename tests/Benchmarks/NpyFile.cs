using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Lathe.Benchmarks;

/// <summary>An array from NumPy's file format, version 1 to 3, C order, little endian.</summary>
/// <param name="Type">NumPy's name without the byte order, <c>f4</c>.</param>
public sealed record NpyFile(string Type, ImmutableArray<long> Shape, byte[] Data)
{
    /// <summary>Reads the whole file.</summary>
    public static NpyFile Read(string path)
    {
        var file = File.ReadAllBytes(path);
        if (file.Length < 12 || file[0] != 0x93 || !file.AsSpan(1).StartsWith("NUMPY"u8))
            throw new BenchmarkException($"{path} is no .npy file");
        var start = file[6] == 1 ? 10 : 12;
        var length = file[6] == 1 ? BitConverter.ToUInt16(file, 8) : BitConverter.ToInt32(file, 8);
        var header = Encoding.UTF8.GetString(file, start, length);
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal)) throw new BenchmarkException($"{path} is in Fortran order");
        var shape = Between(header, "'shape': (", ")").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new(
            Between(header, "'descr': '", "'")[1..],
            [.. shape.Select(extent => long.Parse(extent, CultureInfo.InvariantCulture))],
            file[(start + length)..]);
    }

    /// <summary>Writes version 1 of the format.</summary>
    public void Write(string path)
    {
        var header = $"{{'descr': '{(Type[1] == '1' ? '|' : '<')}{Type}', 'fortran_order': False, 'shape': ({string.Concat(Shape.Select(extent => $"{extent.ToString(CultureInfo.InvariantCulture)}, "))}), }}";
        header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
        using var file = File.Create(path);
        file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        file.Write(Encoding.Latin1.GetBytes(header));
        file.Write(Data);
    }

    /// <summary>NumPy's name of an element type as a contract spells it.</summary>
    public static string TypeOf(string element) => element switch
    {
        "bool" => "b1",
        _ => $"{element[0]}{int.Parse(element.AsSpan(1), CultureInfo.InvariantCulture) / 8}",
    };

    /// <summary>The largest difference to other numbers of the same type, as a share of this array's largest magnitude.</summary>
    public double Difference(NpyFile actual)
    {
        if (actual.Type != Type || !actual.Shape.AsSpan().SequenceEqual(Shape.AsSpan()))
            throw new BenchmarkException($"outputs of {Type}[{string.Join(", ", Shape)}] and {actual.Type}[{string.Join(", ", actual.Shape)}]");
        var other = actual.Data;
        return Type switch
        {
            "f4" => Difference<float>(Data, other, x => x),
            "f8" => Difference<double>(Data, other, x => x),
            "i8" => Difference<long>(Data, other, x => x),
            "i4" => Difference<int>(Data, other, x => x),
            "i1" => Difference<sbyte>(Data, other, x => x),
            "u1" or "b1" => Difference<byte>(Data, other, x => x),
            _ => throw new BenchmarkException($"outputs of type {Type} are not compared"),
        };
    }

    private static double Difference<T>(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, Func<T, double> value) where T : unmanaged
    {
        var x = MemoryMarshal.Cast<byte, T>(expected);
        var y = MemoryMarshal.Cast<byte, T>(actual);
        double largest = 0, difference = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var (a, b) = (value(x[i]), value(y[i]));
            if (double.IsNaN(a) && double.IsNaN(b)) continue;
            if (double.IsNaN(a) || double.IsNaN(b)) return double.PositiveInfinity;
            largest = Math.Max(largest, Math.Abs(a));
            difference = Math.Max(difference, Math.Abs(a - b));
        }
        return difference == 0 ? 0 : difference / largest;
    }

    private static string Between(string text, string before, string after)
    {
        var from = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[from..text.IndexOf(after, from, StringComparison.Ordinal)];
    }
}
