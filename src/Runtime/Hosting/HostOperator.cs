namespace Lathe.Runtime.Hosting;

/// <summary>
/// An operator on text, sequences, optional values, maps or files: what no C ABI carries. <c>lathe run</c> and this library run the same one. To add
/// one, add a file in <c>src/Runtime/Hosting/Operators</c> and a line to <see cref="HostOperators"/>.
/// </summary>
public abstract class HostOperator
{
    /// <summary>The operators that it is, as ONNX names them.</summary>
    public abstract IReadOnlyList<string> Operators { get; }

    /// <summary>Where they are defined; empty for the standard operators, <c>lathe</c> for those that only a compiled program holds.</summary>
    public virtual string Domain => "";

    /// <summary>What of it a C ABI cannot carry; null where only these operands make it the host's.</summary>
    public virtual string? Carries => null;

    /// <summary>Whether it is the host's to run on operands of these types; null stands for an absent one.</summary>
    public virtual bool Takes(HostNode node, IReadOnlyList<HostType?> x) => true;

    /// <summary>The types of the results, as far as they follow from those of the operands.</summary>
    /// <exception cref="HostException">The operands do not fit.</exception>
    public abstract IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x);

    /// <summary>The results.</summary>
    /// <exception cref="HostException">The operands do not fit.</exception>
    public abstract IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x);

    private protected static HostTensor Numbers(IReadOnlyList<HostValue?> x, int i) => Operand<HostTensor>(x, i, "a tensor");
    private protected static HostText Text(IReadOnlyList<HostValue?> x, int i) => Operand<HostText>(x, i, "text");
    private protected static HostSequence Sequence(IReadOnlyList<HostValue?> x, int i) => Operand<HostSequence>(x, i, "a sequence");

    private protected static T Operand<T>(IReadOnlyList<HostValue?> x, int i, string what) where T : HostValue =>
        x.ElementAtOrDefault(i) as T ?? throw new HostException($"operand {i} must be {what}, it is {x.ElementAtOrDefault(i)?.Kind ?? "missing"}");

    private protected static HostType Operand(IReadOnlyList<HostType?> x, int i) => x.ElementAtOrDefault(i) ?? throw new HostException($"operand {i} is missing");

    /// <summary>The type of the elements of an operand that is a sequence.</summary>
    private protected static HostType Items(IReadOnlyList<HostType?> x, int i) => Operand(x, i) is { Form: HostForm.Sequence, Of: { } of } ? of
        : Operand(x, i) is { Form: HostForm.Optional, Of: { Form: HostForm.Sequence, Of: { } held } } ? held : throw new HostException($"operand {i} must be a sequence, it is {x[i]}");

    /// <summary>The only number of an operand.</summary>
    private protected static long One(IReadOnlyList<HostValue?> x, int i) => Numbers(x, i) is { Count: 1 } one ? (long)one.ToDoubles()[0] : throw new HostException($"operand {i} must be one number, it is {x[i]!.Kind}");
}
