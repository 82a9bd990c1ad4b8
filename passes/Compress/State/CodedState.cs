using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A state of a model that <see cref="QuantizeState"/> has stored in few bits, as its interface has it: <c>NAME.codes</c>, <c>NAME.scale</c> and maybe <c>NAME.zero</c>.</summary>
/// <param name="Name">What the model called it.</param>
/// <param name="Parts">Codes, scales, zero points.</param>
public sealed record CodedState(string Name, Seq<Value> Parts)
{
    /// <summary>What names of parts end with, the codes' first.</summary>
    public static Seq<string> Endings { get; } = [".codes", ".scale", ".zero"];

    /// <summary>The states among inputs or outputs, by what they are called and what they are.</summary>
    public static IEnumerable<CodedState> Of(IReadOnlyCollection<Value> values) =>
        from codes in values
        where codes.Name.EndsWith(Endings[0], StringComparison.Ordinal) && codes.Type.Encoding is Dense { Kind: { IsInteger: true, Bits: <= 8 } }
        let name = codes.Name[..^Endings[0].Length]
        let parts = Endings.Select(ending => values.FirstOrDefault(v => v.Name == name + ending)).OfType<Value>().ToSeq()
        where parts.Count >= 2 && parts[1].Type is { Encoding: Dense { Kind: { IsReal: true } } } scale && scale.Rank == codes.Type.Rank && !scale.Shape.SequenceEqual(codes.Type.Shape)
        select new CodedState(name, parts);

    /// <summary>The state as the model had it.</summary>
    public Value Numbers => new(Name, Parts[0].Type.With(new Dense(Scalar.F32)));

    /// <summary>Its parts for given numbers, as a run codes them.</summary>
    public IReadOnlyList<Tensor> Code(Tensor numbers)
    {
        var (codes, scale) = (Parts[0].Type, Parts[1].Type);
        var channel = Enumerable.Range(0, codes.Rank).Last(axis => codes.Shape[axis] != scale.Shape[axis]);
        var row = numbers.Shape[channel];
        var value = new Value(Name, new([.. numbers.Shape.Select(n => (Expr)n)], Scalar.F32));
        var build = new GraphBuilder("code", value);
        var coded = new StateCoding(new(Ir.Code.Parse(codes.Scalar.Text)!.Value, -1, row / scale.Shape[channel].Whole, scale.Scalar), channel, row).Encode(build, value);
        return Interpreter.Run(build.Return([.. coded.Parts]), [numbers]);
    }
}
