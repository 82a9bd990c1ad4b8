namespace Lathe.Runtime.Tensors;

/// <summary>Which types of .NET stand for the element types of models.</summary>
internal static class ElementType
{
    /// <exception cref="ArgumentException">A tensor of <typeparamref name="T"/> does not hold such elements.</exception>
    public static unsafe void Check<T>(ContractTensor tensor, string kind) where T : unmanaged
    {
        var fits = Of(tensor.Type) is { } type ? type == typeof(T) : sizeof(T) * 8 == tensor.Bits;
        if (!fits) throw new ArgumentException($"{kind} '{tensor.Name}' has elements of {tensor.Type}, {(Of(tensor.Type) is { } right ? $"which {right.Name} holds" : $"{tensor.Bits} bits each")}, not {typeof(T).Name}");
    }

    /// <summary>Null where .NET has none, as for bf16: any type of as many bits will do.</summary>
    private static Type? Of(string name) => name switch
    {
        "f32" => typeof(float),
        "f64" => typeof(double),
        "f16" => typeof(Half),
        "i8" => typeof(sbyte),
        "i16" => typeof(short),
        "i32" => typeof(int),
        "i64" => typeof(long),
        "u8" => typeof(byte),
        "u16" => typeof(ushort),
        "u32" => typeof(uint),
        "u64" => typeof(ulong),
        "bool" => typeof(bool),
        _ => null,
    };
}
